import { createHmac, randomUUID } from 'node:crypto'
import { encode } from '../../tokens/workshop.ts'
import { djangoSecret } from './simplejwt.ts'

export interface MintOptions {
  secret?: string
  header?: object
}

/** Signs claims as PyJWT does. */
export function mint(claims: object, options: MintOptions = {}): string {
  const { secret = djangoSecret, header = { alg: 'HS256', typ: 'JWT' } } = options
  const input = `${encode(header)}.${encode(claims)}`
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`
}

/**
 * What simplejwt writes into a refresh token that was issued an hour ago and lives a week.
 * @param now epoch milliseconds
 */
export function refreshClaims(userId: string | number, now: number) {
  const iat = Math.floor(now / 1000) - 3600
  const jti = randomUUID().replaceAll('-', '')
  return { token_type: 'refresh', exp: iat + 7 * 86_400, iat, jti, user_id: userId }
}
