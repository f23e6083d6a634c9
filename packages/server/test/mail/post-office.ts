import type { EventFields, EventName } from '../../src/audit/events.ts'
import type { Template } from '../../src/mail/catalogue.ts'
import { exampleFacts } from '../../src/mail/examples.ts'
import { createLetters } from '../../src/mail/letters.ts'
import { createOutbox } from '../../src/mail/outbox.ts'
import { createSmtp, type Smtp, type SmtpOptions } from '../../src/mail/smtp.ts'
import { readSources } from '../../src/mail/templates.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import type { Store } from '../../src/store/store.ts'
import { type HandClock, handClock, testSecret } from '../harness.ts'

export const site = { name: 'Example', issuer: 'https://auth.example.com' }
export const from = { name: 'Example', address: 'no-reply@example.com' }

/** The server for mail at this port, spoken to in the clear. */
export function smtpAt(port: number, server: Partial<SmtpOptions['server']> = {}): Smtp {
  const address = { host: '127.0.0.1', port, tls: 'off', login: undefined, ...server } as const
  return createSmtp({ server: address, from, issuer: site.issuer })
}

/** The letters of a deployment whose clock is set by hand. */
export function lettersAt(clock: HandClock) {
  return createLetters({ secrets: [testSecret], clock, site, sources: readSources(undefined).sources })
}

interface PostOfficeOptions {
  smtp: Pick<Smtp, 'deliver'>
  store?: Store
  clock?: HandClock
}

/** An outbox on a store in memory: what the background does, at the test's command. */
export async function openPostOffice({ smtp, clock = handClock(), store }: PostOfficeOptions) {
  const held = store ?? (await openSqliteStore({ file: ':memory:', now: clock() }))
  const events: { event: EventName; fields: EventFields }[] = []
  const audit = { record: (event: EventName, fields: EventFields) => void events.push({ event, fields }) }
  const letters = lettersAt(clock)
  const outbox = createOutbox({ store: held, letters, smtp, audit, clock })
  return {
    clock,
    store: held,
    letters,
    outbox,
    events,
    /** writes an example of the template; @returns its id */
    async post(to = 'alice@example.net', template: Template = 'password_changed') {
      const mail = letters.write(template, { to, userId: 'u1', facts: exampleFacts(clock())[template] })
      await held.addMail(mail)
      return mail.id
    },
    /** runs the outbox again and again while time goes on, until nothing waits any more or the time is over */
    async runFor(ms: number, stepMs = 1_000) {
      for (let passed = 0; passed < ms; passed += stepMs) {
        await outbox.run()
        clock.advance(stepMs)
      }
    },
  }
}
