import type { SigningKeyRow } from '../../store/schema.ts'
import type { Warning } from '../answers.ts'

/** What warnings are made of. */
export interface Circumstances {
  now: number
  config: {
    issuer: string
    smtp?: object | undefined
    limits: number | false
    trustProxy: number | readonly string[] | false
    keyRotationSeconds: number
  }
  currentKey: SigningKeyRow | undefined
  /** active ones; of many, some */
  owners: number
  /** whether this very request came with an address that a proxy tells */
  isForwarded: boolean
  reuses: number
  failedMails: number
  pendingMigrations: readonly string[]
}

const yearMs = 365 * 86_400_000

type Rule = (circumstances: Circumstances) => string | undefined

/** When to warn, and of what; in the order in which it matters. */
const rules: Readonly<Record<Warning['code'], { when: Rule; todo: string }>> = {
  migrations_pending: {
    when: ({ pendingMigrations: pending }) =>
      pending.length > 0 ? `The database lacks ${pending.join(', ')}.` : undefined,
    todo: 'Run countersign migrate.',
  },
  http_issuer: {
    when: ({ config: { issuer } }) =>
      issuer.startsWith('http:') && !isLoopback(issuer)
        ? `The public address is ${issuer}: passwords cross the network in the clear.`
        : undefined,
    todo: 'Put TLS in front and set COUNTERSIGN_ISSUER to the https address.',
  },
  reuse_detected: {
    when: ({ reuses }) =>
      reuses > 0
        ? `In the last 24 hours ${reuses === 1 ? 'a refresh token was' : `${reuses} refresh tokens were`} used twice.`
        : undefined,
    todo: 'Look at auth.refresh.reuse_detected in the audit trail: a token may have been stolen.',
  },
  proxy_not_trusted: {
    when: ({ isForwarded, config: { trustProxy } }) =>
      isForwarded && trustProxy === false
        ? 'A proxy stands in front and is not believed: all clients have one address.'
        : undefined,
    todo: 'Set COUNTERSIGN_TRUST_PROXY.',
  },
  limits_off: {
    when: ({ config: { limits } }) => (limits === false ? 'Nobody is throttled.' : undefined),
    todo: 'Take COUNTERSIGN_LIMITS=off away.',
  },
  one_owner: {
    when: ({ owners }) => (owners === 1 ? 'There is one owner only.' : undefined),
    todo: 'Give somebody else the role too, so that nobody is locked out.',
  },
  no_smtp: {
    when: ({ config: { smtp } }) => (smtp ? undefined : 'No mail leaves this machine.'),
    todo: 'Set SMTP_URL and MAIL_FROM.',
  },
  mail_failed: {
    when: ({ failedMails }) =>
      failedMails > 0 ? `Mails given up in the last 24 hours: ${failedMails}.` : undefined,
    todo: 'Look at the failed ones in the outbox, then retry them.',
  },
  old_key: {
    when: ({ now, currentKey, config: { keyRotationSeconds } }) => {
      const age = now - (currentKey?.activated_at ?? now)
      const most = Math.max(yearMs, 2 * keyRotationSeconds * 1000)
      return age > most ? 'The signing key has signed for more than a year.' : undefined
    },
    todo: 'Rotate the keys, or set COUNTERSIGN_KEY_ROTATION.',
  },
}

/** What an operator should know, each with what to do. */
export function warningsOf(circumstances: Circumstances): Warning[] {
  return Object.entries(rules).flatMap(([code, { when, todo }]) => {
    const detail = when(circumstances)
    return detail === undefined ? [] : [{ code: code as Warning['code'], detail, todo }]
  })
}

function isLoopback(issuer: string): boolean {
  const { hostname } = new URL(issuer)
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
}
