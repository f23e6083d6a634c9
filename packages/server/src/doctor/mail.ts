import { setTimeout } from 'node:timers/promises'
import { type Config, ConfigError } from '../config/config.ts'
import { smtpText } from '../config/mail/mail-config.ts'
import type { Smtp } from '../mail/smtp.ts'
import { type Finding, ok, problem, warning } from './finding.ts'

const tlsText = { implicit: 'TLS', required: 'TLS by STARTTLS', off: 'no TLS' } as const

/** Whether the operator's texts can be sent. @param open reads them, and throws ConfigError for what cannot be sent */
export function examineTexts(open: () => unknown): Finding[] {
  try {
    open()
    return []
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown
    return thrown.problems.map(({ what, remedy }) => problem('mail', what, remedy))
  }
}

/** Whoever examines does not wait longer than this for a server that says nothing. */
const patienceMs = 15_000

/** Whether the server for mail takes ours, without sending any. @param smtp undefined where the settings name none */
export async function examineSmtp(
  { smtp: server }: Pick<Config, 'smtp'>,
  smtp: Pick<Smtp, 'probe'> | undefined,
): Promise<Finding> {
  if (!server) return warning('mail', 'mail stays in the outbox', 'set SMTP_URL and MAIL_FROM')
  if (!smtp) return problem('mail', 'mail needs somebody whom it is from', 'set MAIL_FROM')
  const fault = await probe(smtp)
  if (fault) return problem('mail', `${smtpText(server)} does not take our mail. ${fault}`)
  const how = `${tlsText[server.tls]}, ${server.login ? 'logged in' : 'without a login'}`
  return ok('mail', `${smtpText(server)} would take our mail (${how})`)
}

async function probe(smtp: Pick<Smtp, 'probe'>): Promise<string | undefined> {
  const patience = new AbortController()
  const late = setTimeout(patienceMs, `It said nothing for ${patienceMs / 1000} s.`, {
    ...{ signal: patience.signal, ref: false },
  })
  late.catch(() => undefined)
  return Promise.race([smtp.probe(), late]).finally(() => patience.abort())
}
