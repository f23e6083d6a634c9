import { jsonNumberText } from '../bodies/json-body.ts'

/** A room's own rule for a text: what to tell the client, or undefined if the text is good. */
export type Check = (value: string) => string | undefined

/** What a text field asks of a text. */
export interface TextRules {
  /** in code points */
  maxLength?: number
  /** whether outer white space is cut before anything else looks at the text; it is, unless told otherwise */
  trim?: boolean
  allowBlank?: boolean
  /** what is said of a value that is no text at all */
  notText?: string
  /** checks whose messages come before those on length, NUL and surrogates */
  first?: readonly Check[]
  /** checks whose messages come after them */
  last?: readonly Check[]
}

/** What came of a field: its value, undefined if it may be absent and is, or all its messages. */
type Reading = { value: unknown } | { faults: readonly string[] }

/** Reads one field as the parsed body has it, undefined if it has none. */
export type Read = (given: unknown) => Reading

function fault(message: string): Reading {
  return { faults: [message] }
}

/** Wraps the reading of a value with what goes for any field: absent, null. */
export function readMember(options: { optional?: boolean }, readPresent: Read): Read {
  return (given) => {
    if (given === undefined) return options.optional ? { value: undefined } : fault('This field is required.')
    if (given === null) return fault('This field may not be null.')
    return readPresent(given)
  }
}

/**
 * Makes the reading of a text: number to text, trim, blank, then all checks, each adding its message unless another
 * has told the same.
 * Without trimming only the empty text is blank, so a password of spaces is a password.
 */
export function readText(options: TextRules): Read {
  const checks = [
    ...(options.first ?? []),
    atMost(options.maxLength ?? Number.POSITIVE_INFINITY),
    hasNoNul,
    hasNoSurrogate,
    ...(options.last ?? []),
  ]
  return (given) => {
    const raw = typeof given === 'string' ? given : jsonNumberText(given)
    if (raw === undefined) return fault(options.notText ?? 'Not a valid string.')
    const value = options.trim === false ? raw : strip(raw)
    if (value === '') return options.allowBlank ? { value } : fault('This field may not be blank.')
    const faults = new Set(checks.flatMap((check) => check(value) ?? []))
    return faults.size > 0 ? { faults: [...faults] } : { value }
  }
}

function atMost(maxLength: number): Check {
  const message = `Ensure this field has no more than ${maxLength} characters.`
  return (value) => (value.length > maxLength && [...value].length > maxLength ? message : undefined)
}

const hasNoNul: Check = (value) => (value.includes('\0') ? 'Null characters are not allowed.' : undefined)

/** A pair of surrogates is one character and none of these. */
const hasNoSurrogate: Check = (value) => {
  const surrogate = /\p{Surrogate}/u.exec(value)?.[0]
  if (surrogate === undefined) return undefined
  return `Surrogate characters are not allowed: U+${surrogate.charCodeAt(0).toString(16).toUpperCase()}.`
}

// What Python's str.strip() cuts. It differs from JavaScript's trim() in U+001C to U+001F, U+0085 and U+FEFF.
const whiteSpace = new Set(
  '\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a' +
    '\u2028\u2029\u202f\u205f\u3000',
)

/** A loop, since a pattern for the end of the text takes quadratic time over white space within it. */
function strip(value: string): string {
  let start = 0
  let end = value.length
  while (start < end && whiteSpace.has(value.charAt(start))) start += 1
  while (start < end && whiteSpace.has(value.charAt(end - 1))) end -= 1
  return value.slice(start, end)
}

/** Reads a list of different texts, none of them blank. */
export function readTexts(most: number): Read {
  return (given) => {
    if (!Array.isArray(given) || given.some((one) => typeof one !== 'string' || one === ''))
      return fault('Not a list of texts.')
    if (given.length === 0) return fault('This list may not be empty.')
    if (given.length > most) return fault(`Ensure this list has no more than ${most} items.`)
    return { value: [...new Set(given as string[])] }
  }
}

const flagValues = new Map<unknown, boolean>([
  ...'t T y Y yes Yes YES true True TRUE on On ON 1'.split(' ').map((given) => [given, true] as const),
  ...'f F n N no No NO false False FALSE off Off OFF 0'.split(' ').map((given) => [given, false] as const),
  [true, true],
  [1, true],
  [false, false],
  [0, false],
])

/** Reads a flag in any of the spellings of a form or of JSON. */
export const readFlag: Read = (given) => {
  const number = jsonNumberText(given)
  const value = flagValues.get(number === undefined ? given : Number(number))
  return value === undefined ? fault('Must be a valid boolean.') : { value }
}
