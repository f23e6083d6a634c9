import type { Auth } from './auth.ts'
import { createDiscovery } from './discovery.ts'
import { createKeys } from './keys.ts'
import { createMemory } from './memory.ts'
import { withReasons } from './reach.ts'
import { Refusal } from './refusal.ts'
import { followRevocations } from './revocations.ts'
import { createVerifier } from './verifier.ts'

/** Whose tokens are taken, and how. Only the issuer is needed. */
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

/** How the feed of revoked sessions is followed. */
export interface RevocationOptions {
  /** how long the issuer may be silent before what is known of revocations is too old; 60 unless said */
  maxStalenessSeconds?: number
  /** what happens then: tokens are refused with 503, or go on being good until they expire. `closed` unless said */
  whenStale?: 'open' | 'closed'
}

/** How a guard is, for metrics: a picture of this instant, cheap to take. */
export interface GuardStatus {
  /** how many there are, and for how long the issuer has not been asked for them; undefined before there are any */
  keys: { count: number; ageMs: number } | undefined
  /**
   * how many revoked sessions are known, how long ago the issuer was heard of (infinite before the first time), and whether
   * that is too long; undefined where they are not followed
   */
  revocation: { sessions: number; stalenessMs: number; isStale: boolean } | undefined
  /** tokens that are remembered, and how often one was found there and was not, since the start */
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

/**
 * A guard for one issuer. It finds the keys by discovery, keeps them while the server is away, and follows its feed of
 * revoked sessions, so that a session that was logged out is refused here within seconds.
 * @throws TypeError for an issuer that is no http address
 * @see RFC 9068 section 4, RFC 8725
 */
export function createGuard(options: GuardOptions): Guard {
  const { issuer, now = Date.now, onFailure = () => undefined } = options
  const { audience = issuer, clockToleranceSeconds: toleranceSeconds = 5, revocation = {} } = options
  if (!/^https?:\/\//.test(issuer)) throw new TypeError(`The issuer must be an http address, not ${issuer}.`)
  const fetchOf = withReasons(options.fetch ?? fetch)
  const discover = createDiscovery(issuer, fetchOf)
  const remembered = createMemory(options.rememberedTokens ?? 1_000)
  const surroundings = { fetch: fetchOf, now, onFailure }
  const keys = createKeys({
    ...surroundings,
    address: async () => (await discover()).jwksUri,
    // What a key has signed that is gone is no longer good.
    onChange: remembered.forgetAll,
  })
  const { maxStalenessSeconds = 60, whenStale = 'closed' } = revocation || {}
  const revocations =
    revocation &&
    followRevocations({
      ...{ ...surroundings, issuer, keys: keys.get, toleranceSeconds, maxStalenessSeconds },
      address: async () => (await discover()).revokedSessionsUri,
    })
  const verify = createVerifier({ issuer, audience, keys: keys.get, toleranceSeconds, now })
  const isStale = () => revocations !== false && revocations.stalenessMs() > maxStalenessSeconds * 1_000

  async function refuseRevoked({ sessionId }: Auth): Promise<void> {
    if (revocations === false) return
    await revocations.asked
    if (revocations.has(sessionId)) throw new Refusal('revoked', `session ${sessionId} was revoked`)
    if (isStale() && whenStale === 'closed')
      throw new Refusal('unavailable', 'the issuer has not been heard of for too long')
  }

  async function identify(token: string): Promise<Auth> {
    keys.keepFresh()
    const known = remembered.find(token, now() / 1_000 - toleranceSeconds)
    if (known) return known
    const auth = await verify(token)
    remembered.add(token, auth)
    return auth
  }

  return {
    async verify(token) {
      const auth = await identify(token)
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
