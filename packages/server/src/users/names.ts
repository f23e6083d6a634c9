import { hasMixedScripts } from './scripts.ts'

const MAX_LENGTH = 150
const INVALID =
  'Enter a valid username. This value may contain only letters, numbers, and @/./+/-/_ characters.'

/** Python's `[\w.@+-]`, which has no combining marks. */
const ALLOWED = /^[\p{L}\p{N}_.@+-]+$/u
/** Some letters show nothing, such as the Hangul fillers. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/u

/** Gives the name as it is stored and shown: in NFKC, without outer white space. */
export function displayName(name: string): string {
  return name.normalize('NFKC').trim()
}

/**
 * Gives the form by which names are unique and users are found: two names that differ in case or in compatible
 * characters only have the same. Applied again it changes nothing. Any text will do; it need not be a valid name.
 * Case is folded through upper case, so that `ß` meets `SS`, and further than Unicode does: `ı` meets `i`.
 * @see Unicode 16.0 section 3.13 (default caseless matching), RFC 8265 (usernames)
 */
export function canonicalName(name: string): string {
  const folded = displayName(name).toLowerCase().toUpperCase().toLowerCase()
  return folded.replaceAll('ς', 'σ').normalize('NFKC')
}

/**
 * Tells what is wrong with a new name: Django's rule, on the text as it came and on its NFKC form, then its length
 * in code points after NFKC, then our own rule on alphabets.
 * @returns the first fault's text, undefined for a good name
 * @see django.contrib.auth.validators.UnicodeUsernameValidator, UTS 39 (mixed scripts)
 */
export function usernameFault(raw: string): string | undefined {
  const name = raw.normalize('NFKC')
  if (!isWellFormed(raw) || !isWellFormed(name)) return INVALID
  if ([...name].length > MAX_LENGTH) return `Ensure this field has no more than ${MAX_LENGTH} characters.`
  if (hasMixedScripts(name)) return 'Letters of different alphabets may not be mixed in a username.'
  return undefined
}

function isWellFormed(name: string): boolean {
  return ALLOWED.test(name) && !INVISIBLE.test(name)
}
