import type { Auth } from './auth.ts'
import type { Guard } from './guard.ts'
import { Refusal } from './refusal.ts'

/** What a route asks for beyond a good token: all of it must hold. */
export interface Requirements {
  /** all of them must be in the token's `scope` */
  scopes?: readonly string[]
  /** has the last word, by the verified claims; what it throws is a fault, and no refusal */
  allow?: (auth: Auth) => boolean | Promise<boolean>
}

/**
 * Lets a request in, by its Authorization header.
 * @param header its value; undefined where there is none
 * @throws Refusal
 * @see RFC 6750 section 2.1
 */
export async function authorize(
  guard: Guard,
  header: string | undefined,
  { scopes = [], allow = () => true }: Requirements = {},
): Promise<Auth> {
  const auth = await guard.verify(tokenIn(header))
  if (!scopes.every((scope) => auth.scopes.includes(scope)))
    throw new Refusal('insufficient_scope', 'the token lacks a scope', { scopes })
  if (!(await allow(auth))) throw new Refusal('insufficient_scope', 'the claims do not allow it')
  return auth
}

/** The scheme is compared without regard to case, as HTTP has it. @see RFC 9110 section 11.1 */
function tokenIn(header: string | undefined): string {
  if (header === undefined || !/^bearer( |$)/i.test(header)) throw new Refusal('no_token', 'no bearer token')
  const [, token, ...rest] = header.split(' ')
  if (!token || rest.length > 0) throw new Refusal('invalid_request', 'the header has another form')
  return token
}

/** What was thrown, as a refusal; a fault of ours is none. */
export function refusalIn(thrown: unknown): Refusal {
  if (thrown instanceof Refusal) return thrown
  throw thrown
}
