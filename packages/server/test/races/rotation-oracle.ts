import type { RotationRules } from '../../src/sessions/rotation.ts'

/** A refresh token that was handed out, as the oracle remembers it: by its bytes and what became of it. */
export interface Minted {
  text: string
  /** epoch milliseconds */
  expiresAt: number
}

/** One token was exchanged for another. */
export interface Spending {
  /** place in the list of minted tokens */
  token: number
  gave: number
  at: number
  /** the idempotency key of the request; empty where it had none */
  key: string
}

/** The oracle's memory: which tokens exist, which were spent, and whether somebody closed the door. */
export interface Ledger {
  minted: readonly Minted[]
  spendings: readonly Spending[]
  ended: boolean
  disabled: boolean
}

export interface Showing {
  token: number
  key: string
  now: number
}

export type Expectation =
  | { answer: 'fresh' }
  | { answer: 'again'; token: number }
  | { answer: 'refused' }
  | { answer: 'theft' }

/**
 * What the promise says about a token that is shown, told by tokens and what they were exchanged for. It knows no
 * generation, so that it shares no thought with the machine that it judges.
 */
export function expectation(ledger: Ledger, { token, key, now }: Showing, rules: RotationRules): Expectation {
  const dead = ledger.ended || ledger.disabled || (ledger.minted[token]?.expiresAt ?? 0) <= now
  if (dead) return { answer: 'refused' }
  const spending = ledger.spendings.find((one) => one.token === token)
  if (!spending) return { answer: 'fresh' }
  const successorWasShown = ledger.spendings.some((one) => one.token === spending.gave)
  const inGrace = rules.graceMs > 0 && now - spending.at <= rules.graceMs
  const isRetry = key !== '' && key === spending.key
  const excused = inGrace || isRetry || rules.replay === 'until_used'
  return excused && !successorWasShown ? { answer: 'again', token: spending.gave } : { answer: 'theft' }
}

/** A client that is the only one ever seen, shows its newest token, and tries again as it should. */
export interface Honest {
  client: number
  token: number
  /** when it first showed the token */
  firstAt: number
  /** whether each of its tries carried the key */
  keyed: boolean
}

/** Follows one honest client; `undefined` once somebody else came or it did what no good client does. */
export function stillHonest(
  before: Honest | 'nobody yet' | undefined,
  { client, isNewest, showing }: { client: number; isNewest: boolean; showing: Showing },
  rules: RotationRules,
): Honest | undefined {
  const { token, key, now } = showing
  if (before === undefined || !isNewest) return undefined
  const first = { client, token, firstAt: now, keyed: key !== '' }
  if (before === 'nobody yet') return first
  if (before.client !== client) return undefined
  if (before.token !== token) return first
  const keyed = before.keyed && key !== ''
  const inGrace = rules.graceMs > 0 && now - before.firstAt <= rules.graceMs
  return keyed || inGrace ? { ...before, keyed } : undefined
}
