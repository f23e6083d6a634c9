import { openLetters, openSmtp } from '../../../app/mail.ts'
import { systemClock } from '../../../clock.ts'
import { type Config, ConfigError } from '../../../config/config.ts'
import { smtpText } from '../../../config/mail/mail-config.ts'
import { type Finding, finding } from './finding.ts'

const tlsText = { implicit: 'TLS', required: 'TLS by STARTTLS', off: 'no TLS' } as const

/** Whether the server for mail takes ours, without sending any, and whether the operator's texts can be sent. */
export async function examineMail(config: Config): Promise<Finding[]> {
  return [...examineTexts(config), await examineSmtp(config)]
}

function examineTexts(config: Config): Finding[] {
  try {
    openLetters(config, systemClock)
    return []
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown
    return thrown.problems.map(({ what, remedy }) => finding('mail', 'fail', `${what} ${remedy}`))
  }
}

async function examineSmtp(config: Config): Promise<Finding> {
  const { smtp: server } = config
  if (!server) return finding('mail', 'warn', 'SMTP_URL is not set: mail stays in the outbox')
  const smtp = openSmtp(config)
  if (!smtp) return finding('mail', 'fail', 'MAIL_FROM is not set: mail needs somebody whom it is from')
  const problem = await smtp.probe()
  if (problem) return finding('mail', 'fail', `${smtpText(server)} does not take our mail. ${problem}`)
  const how = `${tlsText[server.tls]}, ${server.login ? 'logged in' : 'without a login'}`
  return finding('mail', 'ok', `${smtpText(server)} would take our mail (${how})`)
}
