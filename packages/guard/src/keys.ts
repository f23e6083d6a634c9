import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose'
import { Refusal } from './refusal.ts'

export interface KeysOptions {
  /** where the keys are: asked again where it is not known yet */
  address: () => Promise<string>
  fetch: typeof fetch
  now: () => number
}

/** The public keys of the issuer, kept as long as nothing better is to be had. */
export interface Keys {
  /** for jose */
  get: JWTVerifyGetKey
  load(): Promise<void>
  /** how many, and how old in milliseconds; undefined before there are any */
  state(): { count: number; ageMs: number } | undefined
}

/** A key that is not among them may be new: it is asked for, but not more often than this, whoever shows what. */
const cooldownMs = 10_000
/** Older ones are asked for again beside the work. */
const freshMs = 300_000
const timeoutMs = 5_000

/**
 * One request at a time for all who wait, none within the cool-down, and a server that is away changes nothing: the keys
 * that are here go on verifying.
 */
export function createKeys({ address, fetch, now }: KeysOptions): Keys {
  let held: { select: ReturnType<typeof createLocalJWKSet>; count: number; at: number } | undefined
  let loading: Promise<void> | undefined
  let triedAt = Number.NEGATIVE_INFINITY

  async function read(): Promise<void> {
    const answer = await fetch(await address(), {
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (!answer.ok) throw new Error(`the keys were answered ${answer.status}`)
    const set = (await answer.json()) as JSONWebKeySet
    held = { select: createLocalJWKSet(set), count: set.keys.length, at: now() }
  }

  function load(): Promise<void> {
    triedAt = now()
    loading ??= read().finally(() => {
      loading = undefined
    })
    return loading
  }

  async function reload(): Promise<boolean> {
    if (!loading && now() - triedAt < cooldownMs) return false
    await load().catch(() => undefined)
    return true
  }

  async function current() {
    if (!held) await reload()
    if (!held) throw new Refusal('unavailable', 'the keys of the issuer could not be read')
    if (now() - held.at > freshMs) void reload()
    return held
  }

  return {
    async get(header, token) {
      const { select } = await current()
      try {
        return await select(header, token)
      } catch (thrown) {
        if (!(thrown instanceof errors.JWKSNoMatchingKey) || !(await reload())) throw thrown
        return (await current()).select(header, token)
      }
    },
    load,
    state: () => held && { count: held.count, ageMs: now() - held.at },
  }
}
