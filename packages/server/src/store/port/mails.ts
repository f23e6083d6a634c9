import type { MailRow } from '../schema.ts'

/** A mail that is due at once. */
export type NewMail = Pick<MailRow, 'id' | 'user_id' | 'template' | 'recipient' | 'sealed' | 'created_at'>

/** A mail that is to be sent now, and is ours alone until the claim ends. */
export type ClaimedMail = Pick<
  MailRow,
  'id' | 'template' | 'recipient' | 'sealed' | 'created_at' | 'attempts'
>

export interface SettleMailInput {
  id: string
  now: number
  result: { sent: true } | { sent: false; error: string; retryAt: number | null }
}
