import { djRestAuthRoutes } from '../django/dj-rest-auth/dj-rest-auth.routes.ts'
import { withSimplejwt } from '../django/simplejwt/simplejwt.routes.ts'
import { healthRoutes } from '../health/health.routes.ts'
import type { AnyRoute } from '../http/route.ts'
import { outboxRoutes } from '../mail/outbox.routes.ts'
import { pagesRoutes } from '../pages/pages.routes.ts'
import { bearerGuard } from '../sessions/authenticate.routes.ts'
import { oauthRoutes } from '../sessions/oauth/oauth.routes.ts'
import { ownSessionsRoutes } from '../sessions/own/own-sessions.routes.ts'
import { protectedRoutes } from '../sessions/protected.routes.ts'
import { feedRoutes } from '../sessions/revocation/feed.routes.ts'
import { sessionsRoutes } from '../sessions/sessions.routes.ts'
import { jwksRoutes } from '../tokens/jwks.routes.ts'
import { metadataRoutes } from '../tokens/metadata.routes.ts'
import { emailRoutes } from '../users/account/email.routes.ts'
import { meRoutes } from '../users/account/me.routes.ts'
import { passwordRoutes } from '../users/account/password.routes.ts'
import { accountPagesRoutes } from '../users/pages/account-pages.routes.ts'
import { usersRoutes } from '../users/users.routes.ts'
import type { Deployment } from './deployment.ts'

/** The route table: all that this server answers to. */
export function routeTable(
  deployment: Deployment,
  health: { isDraining: () => boolean; describe: () => Promise<object> },
): readonly AnyRoute[] {
  const guarded = { ...deployment, guard: bearerGuard(deployment) }
  return withSimplejwt(deployment, [
    ...usersRoutes(deployment), //     POST /api/register/
    ...sessionsRoutes(deployment), //  POST /api/login/ /api/token/ /api/token/refresh/ /api/logout/
    ...oauthRoutes(deployment), //     POST /api/oauth/introspect/ /api/oauth/revoke/
    ...protectedRoutes(deployment), // GET  /api/protected/ /api/dashboard/
    ...ownSessionsRoutes(deployment), // GET DELETE /api/sessions/, DELETE /api/sessions/{id}/
    ...meRoutes(guarded), //           GET PATCH DELETE /api/me/
    ...passwordRoutes(guarded), //     POST /api/password/change/ /api/password/reset/ /api/password/reset/confirm/
    ...emailRoutes(guarded), //        POST /api/email/change/ /api/email/verify/ /api/email/verify/resend/
    ...outboxRoutes(deployment), //    GET  /dev/outbox /dev/outbox/{id} /dev/outbox/{id}/html, in development
    ...accountPagesRoutes(deployment), // GET POST /account/*, GET /.well-known/change-password
    ...jwksRoutes(deployment), //      GET  /.well-known/jwks.json
    ...metadataRoutes(deployment.config), // GET /.well-known/oauth-authorization-server
    ...feedRoutes({ ...deployment, isDraining: health.isDraining }), // GET /.well-known/revoked-sessions
    ...healthRoutes({ readiness: () => deployment.readiness(health.isDraining) }), // GET /livez /readyz
    ...pagesRoutes({ ...health, address: deployment.config.issuer }), // GET / /docs /assets/* /openapi.json
    ...djRestAuthRoutes(guarded), //   all of dj-rest-auth's below its prefix, where the settings give it one
  ])
}
