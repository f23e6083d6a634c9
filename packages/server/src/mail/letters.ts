import type { Clock } from '../clock.ts'
import { AuthError } from '../errors.ts'
import { newId } from '../ids.ts'
import type { NewMail } from '../store/port/mails.ts'
import type { MailRow } from '../store/schema.ts'
import { type MasterSecrets, seal, unseal } from '../tokens/secrets.ts'
import type { LetterFacts, Template } from './catalogue.ts'
import { fillMarkup, fillText, type Site, valuesOf } from './placeholders.ts'
import type { Sources } from './templates.ts'

/** A letter as its reader sees it. */
export interface Letter {
  subject: string
  text: string
  html: string
}

interface LetterTo<T extends Template> {
  /** an address as the users' room takes it */
  to: string
  /** whom it is about; null for nobody who is known */
  userId: string | null
  facts: LetterFacts[T]
}

/** A letter that was opened, or why it cannot be. */
export type Opened =
  | { letter: Letter; expiresAt: number | undefined }
  | { unreadable: 'forgotten' | 'sealed' }

/** What is written here goes into the outbox together with its cause, in one transaction of the store. */
export interface Letters {
  /**
   * Composes the row of a mail that is due at once. Its facts are sealed, so that the database holds no link and no code
   * in the clear, and nobody who can write to it can send them to another address.
   * @throws AuthError `bad_request` for an address with a line break in it, `unavailable` where there is no master secret
   *   to seal the facts under
   */
  write<T extends Template>(template: T, letter: LetterTo<T>): NewMail
  /** opens a row of the outbox and fills its template, with links to where this deployment is now */
  open(mail: Pick<MailRow, 'id' | 'template' | 'recipient' | 'sealed'>): Opened
  /** a letter as it would be with these facts; nothing is stored */
  preview<T extends Template>(template: T, facts: LetterFacts[T]): Letter
}

interface LettersDeps {
  secrets: MasterSecrets
  clock: Clock
  site: Site
  sources: Sources
}

/** The letters of a deployment. */
export function createLetters({ secrets, clock, site, sources }: LettersDeps): Letters {
  function preview<T extends Template>(template: T, facts: LetterFacts[T]): Letter {
    const { subject, text, html } = sources[template]
    const values = valuesOf(facts, site)
    return {
      subject: fillText(subject, values),
      text: fillText(text, values),
      html: fillMarkup(html, values),
    }
  }
  return {
    preview,
    write(template, { to, userId, facts }) {
      if (/[\r\n]/.test(to))
        throw new AuthError('bad_request', { reason: 'an address for mail holds a line break' })
      if (secrets[0] === '') throw new AuthError('unavailable', { reason: noSecret })
      const now = clock()
      const row = { id: newId(now), template, recipient: to }
      const sealed = seal(Buffer.from(JSON.stringify(facts)), secrets[0], placeOf(row))
      return { ...row, user_id: userId, sealed, created_at: now }
    },
    open(mail) {
      if (mail.sealed === null) return { unreadable: 'forgotten' }
      const opened = unseal(mail.sealed, secrets, placeOf(mail))
      if (!opened || !Object.hasOwn(sources, mail.template)) return { unreadable: 'sealed' }
      const facts = JSON.parse(opened.plain.toString()) as LetterFacts[Template]
      const expiresAt = 'expiresAt' in facts ? facts.expiresAt : undefined
      return { letter: preview(mail.template as Template, facts), expiresAt }
    },
  }
}

const noSecret = 'There is no master secret to seal mail under: set COUNTERSIGN_SECRET to that of the server.'

/** Taken to another row or another reader, what is sealed does not open. */
function placeOf({ id, template, recipient }: Pick<MailRow, 'id' | 'template' | 'recipient'>) {
  return { purpose: 'mail', label: JSON.stringify([id, template, recipient]) } as const
}
