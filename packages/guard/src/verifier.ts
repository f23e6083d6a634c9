import { errors, type JWTHeaderParameters, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import type { Auth } from './auth.ts'
import { Refusal } from './refusal.ts'

export interface VerifierOptions {
  issuer: string
  audience: string
  keys: JWTVerifyGetKey
  toleranceSeconds: number
  now: () => number
}

/** What Countersign signs with. A key's own algorithm narrows it further. */
export const algorithms = ['ES256', 'EdDSA', 'RS256']
const tokenTypes = ['at+jwt', 'application/at+jwt', 'jwt']
const mostCharacters = 8_192

/** One text for each token: a part that decodes to the same bytes as another is refused. @see RFC 4648 section 3.5 */
const part = '(?:[\\w-]{4})*(?:[\\w-][AQgw]|[\\w-]{2}[AEIMQUYcgkosw048])?'
const tokenForm = new RegExp(`^${part}\\.${part}\\.${part}$`)

/**
 * Verifies the signature of a token, and then what it says.
 * @returns a function that throws Refusal `invalid_token`, or `unavailable` where the keys are not to be had
 * @see RFC 9068 section 4, RFC 8725 section 3
 */
export function createVerifier({ issuer, audience, keys, toleranceSeconds, now }: VerifierOptions) {
  const options = {
    ...{ issuer, audience, algorithms, clockTolerance: toleranceSeconds },
    requiredClaims: ['exp', 'iat', 'sub', 'sid', 'jti', 'token_type'],
  }
  return async (token: string): Promise<Auth> => {
    if (token.length > mostCharacters || !tokenForm.test(token))
      throw invalid('it has not the form of a token')
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      ...options,
      currentDate: new Date(now()),
    }).catch((thrown: unknown) => {
      throw refusalOf(thrown)
    })
    checkHeader(protectedHeader)
    return parseAuth(payload, now() / 1_000 + toleranceSeconds)
  }
}

function invalid(reason: string, cause?: unknown): Refusal {
  return new Refusal('invalid_token', reason, { cause })
}

function refusalOf(thrown: unknown): Refusal {
  if (thrown instanceof Refusal) return thrown
  if (thrown instanceof errors.JOSEError) return invalid(thrown.message, thrown)
  return new Refusal('unavailable', 'the token could not be checked', { cause: thrown })
}

/** @see RFC 7515 section 4.1.11: what is critical and not understood is refused, and we understand none of it */
function checkHeader(header: JWTHeaderParameters): void {
  const { typ } = header
  if (typeof typ !== 'string' || !tokenTypes.includes(typ.toLowerCase()))
    throw invalid(`the type ${typ} is no access token's`)
  if ('crit' in header || 'b64' in header) throw invalid('the header has an extension')
}

/** @param latest epoch seconds after which no token can have been issued yet */
function parseAuth(claims: JWTPayload, latest: number): Auth {
  const { sub, sid, exp, iat, username, token_type, scope } = claims
  if (token_type !== 'access') throw invalid('the token is no access token')
  if (typeof sub !== 'string' || typeof sid !== 'string')
    throw invalid('the token names no user or no session')
  if (!isInstant(exp) || !isInstant(iat)) throw invalid('the token has no times')
  if (iat > latest) throw invalid('the token is from the future')
  return {
    userId: sub,
    username: typeof username === 'string' ? username : '',
    sessionId: sid,
    expiresAt: exp,
    scopes: typeof scope === 'string' ? scope.split(' ').filter(Boolean) : [],
    claims,
  }
}

/** Of JSON, a number may be infinite. */
function isInstant(value: number | undefined): value is number {
  return Number.isSafeInteger(value)
}
