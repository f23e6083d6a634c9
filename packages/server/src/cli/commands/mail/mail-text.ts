import { mailState } from '../../../mail/mail-state.ts'
import type { MailRow } from '../../../store/schema.ts'
import { instantText, isoText } from '../../../times.ts'
import { pairsText, tableText } from '../../terminal/table.ts'

/** A mail as `--json` prints it, without what it says. */
export function mailJson(mail: MailRow) {
  return {
    id: mail.id,
    template: mail.template,
    to: mail.recipient,
    user_id: mail.user_id,
    state: mailState(mail),
    created_at: isoText(mail.created_at),
    due_at: isoOrNull(mail.due_at),
    attempts: mail.attempts,
    sent_at: isoOrNull(mail.sent_at),
    failed_at: isoOrNull(mail.failed_at),
    last_error: mail.last_error,
  }
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : isoText(at)
}

/** Mails one a line. */
export function mailsTable(mails: readonly MailRow[]): string {
  const rows = mails.map((mail) => [
    mail.id,
    mail.template,
    mail.recipient || '-',
    mailState(mail),
    String(mail.attempts),
    instantText(mail.created_at),
    mail.last_error ?? '',
  ])
  return tableText([['ID', 'TEMPLATE', 'TO', 'STATE', 'ATTEMPTS', 'WRITTEN', 'LAST ERROR'], ...rows])
}

/** What the outbox knows of one mail. */
export function mailText(mail: MailRow): string {
  const { due_at, sent_at, failed_at, last_error } = mail
  return pairsText([
    ['ID', mail.id],
    ['Template', mail.template],
    ['To', mail.recipient || '-'],
    ['State', mailState(mail)],
    ['Written', instantText(mail.created_at)],
    ['Attempts', String(mail.attempts)],
    ...(due_at === null ? [] : [['Next attempt', instantText(due_at)] as const]),
    ...(sent_at === null ? [] : [['Sent', instantText(sent_at)] as const]),
    ...(failed_at === null ? [] : [['Given up', instantText(failed_at)] as const]),
    ...(last_error === null ? [] : [['Last error', last_error] as const]),
  ])
}
