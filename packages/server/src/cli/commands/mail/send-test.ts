import { openLetters, testMailer } from '../../../app/mail.ts'
import { systemClock } from '../../../clock.ts'
import { smtpText } from '../../../config/mail/mail-config.ts'
import { emailFault } from '../../../users/email.ts'
import { command, dataFlag } from '../../command.ts'
import { CommandError, UsageError } from '../../failure.ts'
import { toolConfig } from '../../tools.ts'
import { mailHelp } from './help.ts'

/** Sends one mail now, past the outbox, and says what the server answered. */
export const sendTest = command({
  name: 'mail test',
  help: mailHelp,
  flags: dataFlag,
  operands: ['ADDRESS'],
  async run({ values, operands: [to = ''], terminal }) {
    if (emailFault(to)) throw new UsageError(`"${to}" is no e-mail address.`)
    const config = toolConfig(values)
    if (!config.smtp || !config.mailFrom) {
      const [missing, way] = config.smtp ? ['MAIL_FROM', 'from'] : ['SMTP_URL', 'by']
      throw new CommandError(`${missing} is not set: there is nobody to send it ${way}.`)
    }
    const letters = openLetters(config, systemClock)
    const { taken, said } = await testMailer(config, { letters, clock: systemClock })(to)
    if (!taken) throw new CommandError(`${smtpText(config.smtp)} did not take it. ${said}`)
    terminal.print(`${smtpText(config.smtp)} took it: ${said}`)
    return 0
  },
})
