import { AuthError } from '../errors.ts'

/**
 * The token of an `Authorization: Bearer …` header. The scheme is compared exactly, as Django REST framework does:
 * any other spelling counts as no credentials at all.
 * @throws AuthError `not_authenticated` without one, `bad_authorization_header` for none or more than one value
 * @see RFC 6750 section 2.1
 */
export function parseBearer(header: string | undefined): string {
  const [scheme, token, ...more] = (header ?? '').split(/\s+/).filter(Boolean)
  if (scheme !== 'Bearer') throw new AuthError('not_authenticated')
  if (token === undefined || more.length > 0) throw new AuthError('bad_authorization_header')
  return token
}
