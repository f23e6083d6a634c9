import type { AnyRoute } from '../../http/route.ts'
import { type PasswordDeps, passwordRoutes } from './password.routes.ts'
import type { Profile } from './profile.ts'
import { type RegistrationDeps, registrationRoutes } from './registration.routes.ts'
import { type SessionDeps, sessionRoutes } from './session.routes.ts'
import { type UserDeps, userRoutes } from './user.routes.ts'

type Deps = SessionDeps & RegistrationDeps & UserDeps & PasswordDeps

/**
 * The API of dj-rest-auth with JSON Web Tokens, under a prefix: its paths, bodies and words over our rooms.
 * @param deps with `djRestAuth` undefined where nobody asked for it; then there is none
 * @see https://dj-rest-auth.readthedocs.io/ (versions 5 to 7)
 */
export function djRestAuthRoutes({
  djRestAuth,
  ...rooms
}: Omit<Deps, 'djRestAuth'> & { djRestAuth: Profile | undefined }): AnyRoute[] {
  if (!djRestAuth) return []
  const deps: Deps = { ...rooms, djRestAuth }
  return [
    ...sessionRoutes(deps), //      POST login/ logout/ token/verify/ token/refresh/
    ...userRoutes(deps), //         GET PUT PATCH user/
    ...passwordRoutes(deps), //     POST password/change/ password/reset/ password/reset/confirm/
    ...registrationRoutes(deps), // POST registration/ registration/verify-email/ registration/resend-email/
  ]
}
