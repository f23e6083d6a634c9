import { escapeMarkup } from '../markup.ts'
import { catalogue, type LetterFacts, type Template, type Words } from './catalogue.ts'

/** What may stand in double braces, and what it becomes. */
export type Values = Readonly<Record<string, string>>

/** What every letter knows of the place that it comes from. */
export interface Site {
  /** as people call it */
  name: string
  /** the public address, without a slash at the end: the only place where links come from */
  issuer: string
}

/** The values of a letter's placeholders. */
export function valuesOf<T extends Template>(facts: LetterFacts[T], { name, issuer }: Site): Values {
  const all = facts as Partial<Record<string, string | number>>
  return {
    site: name,
    host: new URL(issuer).host,
    ...('username' in all && { username: String(all.username) }),
    ...('role' in all && { role: String(all.role) }),
    ...('path' in all && { link: String(all.link ?? `${issuer}${all.path}`), code: String(all.code) }),
    ...('expiresAt' in all && { expires: instantText(Number(all.expiresAt)) }),
    ...('at' in all && { when: instantText(Number(all.at)) }),
    ...('device' in all && { device: all.device ? String(all.device) : 'not known' }),
    ...('address' in all && { address: all.address ? String(all.address) : 'not known' }),
  }
}

const dateFormat = new Intl.DateTimeFormat('en-GB', {
  ...{ day: 'numeric', month: 'long', year: 'numeric' },
  ...{ hour: '2-digit', minute: '2-digit', timeZone: 'UTC' },
})

/** `15 January 2027 at 08:00 UTC` */
function instantText(at: number): string {
  return `${dateFormat.format(at)} UTC`
}

const invitation = ['site', 'host', 'username', 'link', 'code', 'expires']
const notice = ['site', 'host', 'username', 'when', 'device', 'address']

/** The names that a template's texts may use, whoever wrote them. */
export function placeholdersOf(template: Template): readonly string[] {
  const { action, details }: Words = catalogue[template]
  if (template === 'test') return ['site', 'host', 'when']
  if (template === 'role_changed') return [...notice, 'role']
  return action ? invitation : details ? notice : ['site', 'host', 'username']
}

const placeholder = /\{\{\s*([^{}]*?)\s*\}\}/g

/** The names that a text uses. */
export function namesIn(text: string): string[] {
  return [...text.matchAll(placeholder)].map(([, name = '']) => name)
}

/** A plain text with its values; none of them can begin a line. */
export function fillText(text: string, values: Values): string {
  return text.replace(placeholder, (_, name: string) => oneLine(values[name] ?? ''))
}

/** The same for HTML: a value is text there, and never markup. */
export function fillMarkup(text: string, values: Values): string {
  return text.replace(placeholder, (_, name: string) => escapeMarkup(oneLine(values[name] ?? '')))
}

/** A header must not be left by what somebody calls himself, nor must a terminal obey it. */
function oneLine(value: string): string {
  return value.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ')
}
