import { errors, type JWTPayload, jwtVerify } from 'jose'
import { createDiscovery } from './discovery.ts'
import { createKeys } from './keys.ts'
import { Refusal } from './refusal.ts'
import { followRevocations } from './revocations.ts'

export interface GuardOptions {
  /** the address of the Countersign server, exactly as its `COUNTERSIGN_ISSUER` has it */
  issuer: string
  /** whom the tokens are for; the issuer itself unless it was configured otherwise */
  audience?: string
  /** whether sessions that were revoked are followed; with `false` an access token is good until it expires */
  revocation?: false | RevocationOptions
  /** how far the clocks may differ; 5 unless said */
  clockToleranceSeconds?: number
  /** verified tokens that are remembered, each until it expires or is revoked; 1,000 unless said, 0 for none */
  rememberedTokens?: number
  /** told of what fails in the background; nothing is thrown there */
  onFailure?: (error: unknown) => void
  /** another one than the global */
  fetch?: typeof fetch
  /** epoch milliseconds; another clock for tests */
  now?: () => number
}

export interface RevocationOptions {
  /** how long the issuer may be silent before what is known of revocations is too old; 60 unless said */
  maxStalenessSeconds?: number
  /** what happens then: tokens are refused with 503, or go on being good until they expire. `closed` unless said */
  whenStale?: 'open' | 'closed'
}

/** Who has shown an access token. */
export interface Auth {
  userId: string
  username: string
  sessionId: string
  /** epoch seconds */
  expiresAt: number
  scopes: readonly string[]
  /** all claims, verified */
  claims: JWTPayload
}

export interface GuardStatus {
  keys: { count: number; ageMs: number } | undefined
  revocation: { sessions: number; stalenessMs: number; isStale: boolean } | undefined
  remembered: { tokens: number; hits: number; misses: number }
}

/** Verifies access tokens without asking the server for each. */
export interface Guard {
  /**
   * @param token as it stands after `Bearer `
   * @throws Refusal `invalid_token`, `revoked`, or `unavailable` while it cannot be decided
   */
  verify(token: string): Promise<Auth>
  /** resolves once keys are here; rejects where they cannot be had. Not needed: the first token waits for it as well */
  ready(): Promise<void>
  /** for metrics */
  status(): GuardStatus
  /** ends what follows in the background */
  close(): void
}

/** What Countersign signs with. A key's own algorithm narrows it further. */
const algorithms = ['ES256', 'EdDSA', 'RS256']
const tokenTypes = ['at+jwt', 'application/at+jwt', 'jwt']

/**
 * A guard for one issuer. It finds the keys by discovery, keeps them while the server is away, and follows its feed of
 * revoked sessions, so that a session that was logged out is refused here within seconds.
 * @throws TypeError for an issuer that is no http address
 * @see RFC 9068 section 4, RFC 8725
 */
export function createGuard(options: GuardOptions): Guard {
  const {
    issuer,
    fetch: fetchOf = fetch,
    now = Date.now,
    onFailure = () => undefined,
    revocation = {},
  } = options
  if (!/^https?:\/\//.test(issuer)) throw new TypeError(`The issuer must be an http address, not ${issuer}.`)
  const discover = createDiscovery(issuer, fetchOf)
  const keys = createKeys({ address: async () => (await discover()).jwksUri, fetch: fetchOf, now })
  const revocations =
    revocation &&
    followRevocations({
      ...{ issuer, keys: keys.get, fetch: fetchOf, now, onFailure },
      address: async () => (await discover()).revokedSessionsUri,
    })
  const remembered = createMemory(options.rememberedTokens ?? 1_000)
  const tolerance = options.clockToleranceSeconds ?? 5
  const { maxStalenessSeconds = 60, whenStale = 'closed' } = revocation || {}
  const isStale = () => revocations !== false && revocations.stalenessMs() > maxStalenessSeconds * 1_000

  async function refuseRevoked({ sessionId }: Auth): Promise<void> {
    if (revocations === false) return
    await revocations.asked
    if (revocations.has(sessionId)) throw new Refusal('revoked', `session ${sessionId} was revoked`)
    if (isStale() && whenStale === 'closed')
      throw new Refusal('unavailable', 'the issuer has not been heard of for too long')
  }

  async function verifySignature(token: string): Promise<Auth> {
    const { payload, protectedHeader } = await jwtVerify(token, keys.get, {
      ...{ issuer, audience: options.audience ?? issuer, algorithms, clockTolerance: tolerance },
      requiredClaims: ['exp', 'iat', 'sub', 'sid', 'jti', 'token_type'],
      currentDate: new Date(now()),
    }).catch((thrown: unknown) => {
      throw refusalOf(thrown)
    })
    if (!tokenTypes.includes(protectedHeader.typ?.toLowerCase() ?? ''))
      throw new Refusal('invalid_token', `the type ${protectedHeader.typ} is no access token's`)
    return parseAuth(payload)
  }

  async function find(token: string): Promise<Auth> {
    const known = remembered.get(token)
    if (known && known.expiresAt + tolerance > now() / 1_000) return known
    const auth = await verifySignature(token)
    remembered.set(token, auth)
    return auth
  }

  return {
    async verify(token) {
      const auth = await find(token)
      await refuseRevoked(auth)
      return auth
    },
    ready: () => keys.load(),
    status: () => ({
      keys: keys.state(),
      revocation: revocations
        ? { sessions: revocations.size(), stalenessMs: revocations.stalenessMs(), isStale: isStale() }
        : undefined,
      remembered: remembered.state(),
    }),
    close() {
      if (revocations) revocations.close()
    },
  }
}

function refusalOf(thrown: unknown): Refusal {
  if (thrown instanceof Refusal) return thrown
  if (thrown instanceof errors.JOSEError)
    return new Refusal('invalid_token', thrown.message, { cause: thrown })
  return new Refusal('unavailable', 'the token could not be checked', { cause: thrown })
}

function parseAuth(claims: JWTPayload): Auth {
  const { sub, sid, exp = 0, username, token_type, scope } = claims
  if (token_type !== 'access') throw new Refusal('invalid_token', 'the token is no access token')
  if (typeof sub !== 'string' || typeof sid !== 'string')
    throw new Refusal('invalid_token', 'the token names no user or no session')
  return {
    userId: sub,
    username: typeof username === 'string' ? username : '',
    sessionId: sid,
    expiresAt: exp,
    scopes: typeof scope === 'string' ? scope.split(' ').filter(Boolean) : [],
    claims,
  }
}

/** Remembers the newest so many. */
function createMemory(most: number) {
  const held = new Map<string, Auth>()
  const counts = { hits: 0, misses: 0 }
  return {
    get(token: string): Auth | undefined {
      const auth = held.get(token)
      counts[auth ? 'hits' : 'misses'] += 1
      return auth
    },
    set(token: string, auth: Auth): void {
      if (most === 0) return
      held.delete(token)
      const [oldest] = held.keys()
      if (held.size >= most && oldest !== undefined) held.delete(oldest)
      held.set(token, auth)
    },
    state: () => ({ tokens: held.size, ...counts }),
  }
}
