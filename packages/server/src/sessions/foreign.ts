import type { Origin } from '../audit/events.ts'
import type { EndSessionOutcome } from '../store/port/sessions.ts'
import type { TokenPair } from './issue.ts'

/** A refresh token that another deployment gave out, and that is honoured here. */
export interface ForeignToken {
  /** by which its refusals are counted, as those of ours by their session */
  id: string
  /** whom it names */
  userId: string
  /**
   * A session of ours for it, once. Shown again it is like a spent token of ours.
   * @throws AuthError `token_not_valid` if it is expired, revoked or reused
   */
  exchange(shown: { origin: Origin; idempotencyKey: string | undefined }): Promise<TokenPair>
  /** why an exchange would not take it now; undefined if it would. Nothing is changed */
  check(): Promise<string | undefined>
  /** after it neither the token nor the session that it became is good for anything */
  end(origin: Origin): Promise<EndSessionOutcome>
}

/** Knows such tokens by their signature; undefined for everything else. */
export type FindForeign = (token: string) => ForeignToken | undefined
