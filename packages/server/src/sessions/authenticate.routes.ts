import type { ErrorCode } from '../errors.ts'
import type { HttpRequest } from '../http/route.ts'
import type { AccessClaims } from '../tokens/access-token.ts'
import { type AuthenticateDeps, authenticate } from './authenticate.ts'

/** What the guard refuses beside a missing token. */
export const accessRefusals = [
  'access_token_not_valid',
  'user_inactive',
  'user_not_found',
] as const satisfies readonly ErrorCode[]

/** Lets a request with a live access token of ours in. @throws AuthError otherwise */
export function bearerGuard(deps: AuthenticateDeps): (request: HttpRequest<unknown>) => AccessClaims {
  return (request) => authenticate(deps, { token: request.bearerToken(), origin: request.origin })
}
