import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { readText } from './read-text.ts'
import { Refusal } from './refusal.ts'

export interface KeysOptions {
  /** where the keys are: asked again where it is not known yet */
  address: () => Promise<string>
  fetch: typeof fetch
  now: () => number
  onFailure: (error: unknown) => void
  /** told of keys that are others than before */
  onChange: () => void
}

/** The public keys of the issuer, kept as long as nothing better is to be had. */
export interface Keys {
  /** for jose */
  get: JWTVerifyGetKey
  load(): Promise<void>
  /** asks for them again, beside the work, where they are old */
  keepFresh(): void
  /** how many, and how old in milliseconds; undefined before there are any */
  state(): { count: number; ageMs: number } | undefined
}

interface Held {
  select: ReturnType<typeof createLocalJWKSet>
  count: number
  /** tells them from others, in whatever order they come */
  fingerprint: string
  at: number
}

/** A key that is not among them may be new: it is asked for, but not more often than this, whoever shows what. */
const cooldownMs = 10_000
/** Without any, nobody is let in: an issuer that starts with us is found sooner. */
const emptyCooldownMs = 1_000
/** Older ones are asked for again beside the work. */
const freshMs = 300_000
const timeoutMs = 5_000
const mostBytes = 1_048_576

/**
 * One request at a time for all who wait, none within the cool-down, and a server that is away or answers anything but
 * keys changes nothing: those that are here go on verifying.
 */
export function createKeys({ address, fetch, now, onFailure, onChange }: KeysOptions): Keys {
  let held: Held | undefined
  let loading: Promise<void> | undefined
  let triedAt = Number.NEGATIVE_INFINITY

  async function read(): Promise<void> {
    const answer = await fetch(await address(), {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (!answer.ok) throw new Error(`the keys were answered ${answer.status}`)
    const before = held
    held = parseKeys(await readText(answer, mostBytes), before, now())
    if (before && before.fingerprint !== held.fingerprint) onChange()
  }

  function load(): Promise<void> {
    triedAt = now()
    loading ??= read().finally(() => {
      loading = undefined
    })
    return loading
  }

  async function reload(): Promise<boolean> {
    if (!loading && now() - triedAt < (held ? cooldownMs : emptyCooldownMs)) return false
    await load().catch(onFailure)
    return true
  }

  async function current(): Promise<Held> {
    if (!held) await reload()
    if (!held) throw new Refusal('unavailable', 'the keys of the issuer could not be read')
    return held
  }

  return {
    async get(header, token) {
      // A set of one key would be taken for it, whatever it is called.
      if (typeof header?.kid !== 'string') throw new Refusal('invalid_token', 'the token names no key')
      const { select } = await current()
      try {
        return await select(header, token)
      } catch (thrown) {
        if (!(thrown instanceof errors.JWKSNoMatchingKey) || !(await reload())) throw thrown
        return (await current()).select(header, token)
      }
    },
    load,
    keepFresh() {
      if (held && now() - held.at > freshMs) void reload()
    },
    state: () => held && { count: held.count, ageMs: now() - held.at },
  }
}

/**
 * @param before the same keys as before stay as they are, with all that is worked out about them
 * @throws Error where it is no set of keys, or one without any
 */
function parseKeys(text: string, before: Held | undefined, at: number): Held {
  const set = JSON.parse(text) as JSONWebKeySet
  const select = createLocalJWKSet(set)
  if (set.keys.length === 0) throw new Error('the issuer has no keys')
  const fingerprint = set.keys
    .map((key) => JSON.stringify(key))
    .sort()
    .join()
  return before?.fingerprint === fingerprint
    ? { ...before, at }
    : { select, count: set.keys.length, fingerprint, at }
}
