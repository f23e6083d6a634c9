import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'

/** In code points (RFC 5321). */
export const maxEmailLength = 254
const INVALID = 'Enter a valid email address.'

const ATOM = /^[-!#$%&'*+/=?^_`{}|~0-9A-Za-z]+$/
const QUOTED = /^"(?:[\x01-\x08\x0b\x0c\x0e-\x1f!#-[\]-\x7f]|\\[\x01-\x09\x0b\x0c\x0e-\x7f])*"$/
const LABEL = /^[0-9A-Za-z](?:[0-9A-Za-z-]{0,61}[0-9A-Za-z])?$/
const TOP_LABEL = /^[0-9A-Za-z-]{1,62}[0-9A-Za-z]$/
/** Without the ASCII signs that Node's URL parser would decode or refuse. */
const INTERNATIONAL = /^[-.0-9A-Za-z\u0080-\u{10ffff}]+$/u

/**
 * Tells what is wrong with an e-mail address: our limit of 254 code points (RFC 5321), then Django's rules: a dotted
 * domain, also an international one, `localhost`, or an address literal; a local part of atoms, or quoted. No check
 * takes more than linear time.
 * @returns the fault's text, undefined for a good address
 * @see django.core.validators.EmailValidator
 */
export function emailFault(raw: string): string | undefined {
  if ([...raw].length > maxEmailLength)
    return `Ensure this field has no more than ${maxEmailLength} characters.`
  return emailFormFault(raw)
}

/** The same without the limit on its length, for a field that tells of both. */
export function emailFormFault(raw: string): string | undefined {
  const at = raw.lastIndexOf('@')
  if (at < 0 || !isLocalPart(raw.slice(0, at)) || !isDomain(raw.slice(at + 1))) return INVALID
  return undefined
}

/**
 * Gives the form by which addresses are unique: in lower case, both local part and domain, and in NFC. Applied again
 * it changes nothing.
 */
export function canonicalEmail(email: string): string {
  return email.toLowerCase().normalize('NFC')
}

function isLocalPart(text: string): boolean {
  return text.split('.').every((atom) => ATOM.test(atom)) || QUOTED.test(text)
}

function isDomain(text: string): boolean {
  if (text === 'localhost' || isDottedName(text)) return true
  if (text.startsWith('[') && text.endsWith(']')) return isAddress(text.slice(1, -1))
  return isDottedName(asciiDomain(text))
}

/** Empty for what is no domain, and for what the URL parser takes for a number: `11` for 0.0.0.11. */
function asciiDomain(text: string): string {
  const ascii = INTERNATIONAL.test(text) ? domainToASCII(text) : ''
  return isIP(ascii) === 0 ? ascii : ''
}

function isDottedName(text: string): boolean {
  const labels = text.split('.')
  const top = labels.pop() ?? ''
  return labels.length > 0 && labels.every((label) => LABEL.test(label)) && TOP_LABEL.test(top)
}

/** Without a zone, which names an interface of one host only. */
function isAddress(text: string): boolean {
  return !text.includes('%') && isIP(text) !== 0
}
