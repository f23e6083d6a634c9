import type { LetterFacts, Template } from './catalogue.ts'

const hourMs = 3_600_000

/**
 * Facts that a letter could have, for previews and for mails that try a server out.
 * @param now epoch milliseconds
 */
export function exampleFacts(now: number): { [T in Template]: LetterFacts[T] } {
  const username = 'alice'
  const invitation = { username, code: '48150421', expiresAt: now + hourMs }
  const notice = { username, at: now, device: 'Firefox 150, Linux', address: '192.0.2.7' }
  const token = 'an-example-that-opens-nothing-at-all-0000000'
  return {
    verify_email: { ...invitation, path: `/account/verify?token=${token}` },
    reset_password: { ...invitation, path: `/account/reset?token=${token}` },
    change_email: { ...invitation, path: `/account/email?token=${token}` },
    account_exists: { username },
    password_changed: notice,
    email_changed: notice,
    username_changed: notice,
    account_deleted: notice,
    reset_sent: { ...invitation, path: `/account/reset?token=${token}` },
    reset_required: { ...invitation, path: `/account/reset?token=${token}` },
    role_changed: { ...notice, role: 'support' },
    test: { at: now },
  }
}
