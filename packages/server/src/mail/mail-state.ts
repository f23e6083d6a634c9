import type { MailRow } from '../store/schema.ts'

/** What became of a mail: `waiting` is also one that is to be tried again. */
export function mailState({ sent_at, failed_at }: Pick<MailRow, 'sent_at' | 'failed_at'>): MailState {
  if (sent_at !== null) return 'sent'
  return failed_at === null ? 'waiting' : 'failed'
}

export type MailState = 'waiting' | 'sent' | 'failed'
