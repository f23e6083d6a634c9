import { openLetters, openSmtp } from '../../../app/mail.ts'
import { systemClock } from '../../../clock.ts'
import type { Config } from '../../../config/config.ts'
import { smtpText } from '../../../config/mail/mail-config.ts'
import { newId } from '../../../ids.ts'
import type { Smtp } from '../../../mail/smtp.ts'
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
    const smtp = getSmtp(config)
    const writtenAt = systemClock()
    const letter = openLetters(config, systemClock).preview('test', { at: writtenAt })
    const delivery = await smtp.deliver({ id: newId(writtenAt), to, letter, writtenAt })
    if (delivery.outcome !== 'sent')
      throw new CommandError(`${smtpText(config.smtp)} did not take it. ${delivery.reason}`)
    terminal.print(`${smtpText(config.smtp)} took it: ${delivery.answer}`)
    return 0
  },
})

function getSmtp(config: Config): Smtp {
  const smtp = openSmtp(config)
  if (smtp) return smtp
  const missing = config.smtp ? 'MAIL_FROM' : 'SMTP_URL'
  throw new CommandError(`${missing} is not set: there is nobody to send it ${config.smtp ? 'from' : 'by'}.`)
}
