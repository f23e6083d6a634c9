import type { Audit } from '../audit/events.ts'
import type { Clock } from '../clock.ts'
import { type Config, ConfigError } from '../config/config.ts'
import { newId } from '../ids.ts'
import { createLetters, type Letters } from '../mail/letters.ts'
import { createOutbox } from '../mail/outbox.ts'
import { createSmtp, nowhere, type Smtp } from '../mail/smtp.ts'
import { readSources } from '../mail/templates.ts'
import type { Store } from '../store/store.ts'

/**
 * The letters as the settings have them.
 * @throws ConfigError for an operator's texts that cannot be sent as they are
 */
export function openLetters(config: Config, clock: Clock): Letters {
  const { secrets, issuer, mailTemplates } = config
  const { sources, faults } = readSources(mailTemplates)
  if (faults.length > 0) throw new ConfigError(faults)
  return createLetters({ secrets, clock, site: { name: siteName(config), issuer }, sources })
}

/** What mails and pages call this place. */
export function siteName({ mailFrom, issuer }: Config): string {
  return mailFrom?.name || new URL(issuer).host
}

/** The server that the settings name for mail. @returns undefined where they name none */
export function openSmtp({ smtp: server, mailFrom: from, issuer }: Config): Smtp | undefined {
  return server && from && createSmtp({ server, from, issuer })
}

/** Sends one letter now, past the outbox. @returns what the server said, or why it did not take it */
export function testMailer(config: Config, { letters, clock }: { letters: Letters; clock: Clock }) {
  return async (to: string): Promise<{ taken: boolean; said: string }> => {
    const smtp = openSmtp(config)
    if (!smtp) return { taken: false, said: `${config.smtp ? 'MAIL_FROM' : 'SMTP_URL'} is not set` }
    const writtenAt = clock()
    const letter = letters.preview('test', { at: writtenAt })
    const delivery = await smtp.deliver({ id: newId(writtenAt), to, letter, writtenAt })
    if (delivery.outcome === 'sent') return { taken: true, said: delivery.answer }
    return { taken: false, said: delivery.reason }
  }
}

type OutboxRooms = { config: Config; store: Store; letters: Letters; audit: Audit; clock: Clock }

/** @returns undefined in development without a server for mail: there it stays in the outbox, to be looked at */
export function openOutbox({ config, ...rooms }: OutboxRooms) {
  const smtp = openSmtp(config)
  if (!smtp && config.isDevelopment) return undefined
  return createOutbox({ ...rooms, smtp: smtp ?? nowhere })
}
