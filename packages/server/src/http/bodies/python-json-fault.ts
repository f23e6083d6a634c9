/**
 * The words in which Django's clients are told what is wrong with a JSON body: CPython's, to the byte.
 * Everything here runs only after a body has been refused, once over it, and without recursion,
 * so a body of nothing but brackets costs no more than any other.
 */

/** What is wrong, and at which UTF-16 index; without an index the words stand alone. */
interface Fault {
  message: string
  index?: number
}

const blank = /[ \t\n\r]*/y
const number = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y
const plainText = /[^"\\\x00-\x1f]*/y
const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const constants = ['NaN', 'Infinity', '-Infinity']
const words = ['null', 'true', 'false']
const maxIntegerDigits = 4300

/**
 * Says what CPython's json module (3.11, as Django REST framework calls it) says of a text.
 * @param text a text that `JSON.parse` refused; of a valid one it says `Extra data` at its end
 */
export function pythonJsonFault(text: string): string {
  if (text.startsWith('\ufeff')) return at(text, 'Unexpected UTF-8 BOM (decode using utf-8-sig)', 0)
  const { message, index } = findFault(text)
  return index === undefined ? message : at(text, message, index)
}

/** Says what Python says of an integer too long for it, or nothing. CVE-2020-10735. */
export function pythonIntegerFault(digits: string): string | undefined {
  const count = digits.startsWith('-') ? digits.length - 1 : digits.length
  if (count <= maxIntegerDigits) return undefined
  return (
    `Exceeds the limit (${maxIntegerDigits} digits) for integer string conversion: value has ${count} digits; ` +
    'use sys.set_int_max_str_digits() to increase the limit'
  )
}

/** Python counts code points, we count UTF-16 units. */
function at(text: string, message: string, index: number): string {
  const before = text.slice(0, index)
  const position = codePointCount(before)
  const line = before.split('\n').length
  const column = codePointCount(before.slice(before.lastIndexOf('\n') + 1)) + 1
  return `${message}: line ${line} column ${column} (char ${position})`
}

function codePointCount(text: string): number {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0)
}

/** One turn per value: first the value or the bracket that opens it, then all that may follow it. */
function findFault(text: string): Fault {
  const closers: string[] = []
  let index = skip(blank, text, 0)
  for (;;) {
    const closer = closerOf(text[index])
    const inside = closer ? skip(blank, text, index + 1) : index
    let next: number | Fault
    if (!closer) next = afterValue(text, scalarEnd(text, index), closers)
    else if (text[inside] === closer) next = afterValue(text, inside + 1, closers)
    else {
      closers.push(closer)
      next = closer === '}' ? afterName(text, inside) : inside
    }
    if (typeof next !== 'number') return next
    index = next
  }
}

function closerOf(opener: string | undefined): string | undefined {
  if (opener === '{') return '}'
  return opener === '[' ? ']' : undefined
}

/** From the end of a value over closing brackets and a comma to where the next value starts. */
function afterValue(text: string, end: number | Fault, closers: string[]): number | Fault {
  if (typeof end !== 'number') return end
  let index = skip(blank, text, end)
  for (;;) {
    const closer = closers.at(-1)
    if (closer === undefined) return { message: 'Extra data', index }
    if (text[index] !== closer) break
    closers.pop()
    index = skip(blank, text, index + 1)
  }
  if (text[index] !== ',') return { message: "Expecting ',' delimiter", index }
  index = skip(blank, text, index + 1)
  return closers.at(-1) === '}' ? afterName(text, index) : index
}

/** From a member's name over its colon to where its value starts. */
function afterName(text: string, start: number): number | Fault {
  if (text[start] !== '"') {
    return { message: 'Expecting property name enclosed in double quotes', index: start }
  }
  const end = stringEnd(text, start)
  if (typeof end !== 'number') return end
  const colon = skip(blank, text, end)
  if (text[colon] !== ':') return { message: "Expecting ':' delimiter", index: colon }
  return skip(blank, text, colon + 1)
}

function scalarEnd(text: string, start: number): number | Fault {
  if (text[start] === '"') return stringEnd(text, start)
  const word = words.find((known) => text.startsWith(known, start))
  if (word) return start + word.length
  const constant = constants.find((known) => text.startsWith(known, start))
  if (constant) return { message: `Out of range float values are not JSON compliant: '${constant}'` }
  return numberEnd(text, start)
}

function numberEnd(text: string, start: number): number | Fault {
  number.lastIndex = start
  const match = number.exec(text)
  if (!match) return { message: 'Expecting value', index: start }
  const [literal, fraction, exponent] = match
  const tooLong = fraction || exponent ? undefined : pythonIntegerFault(literal)
  return tooLong ? { message: tooLong } : start + literal.length
}

function stringEnd(text: string, start: number): number | Fault {
  let index = skip(plainText, text, start + 1)
  while (text[index] === '\\') {
    const end = skip(escapeSequence, text, index)
    if (end === index || isCutOff(text, index, end)) return escapeFault(text, start, index)
    index = skip(plainText, text, end)
  }
  if (text[index] === '"') return index + 1
  if (index < text.length) return { message: 'Invalid control character at', index }
  return { message: 'Unterminated string starting at', index: start }
}

/** CPython wants at least one more character behind the four digits. */
function isCutOff(text: string, index: number, end: number): boolean {
  return text[index + 1] === 'u' && end === text.length
}

function escapeFault(text: string, start: number, index: number): Fault {
  const letter = text[index + 1]
  if (letter === undefined) return { message: 'Unterminated string starting at', index: start }
  if (letter === 'u') return { message: 'Invalid \\uXXXX escape', index: index + 1 }
  return { message: 'Invalid \\escape', index }
}

/** The index behind what a sticky pattern matches at `index`; `index` itself if it does not match. */
function skip(pattern: RegExp, text: string, index: number): number {
  pattern.lastIndex = index
  return pattern.test(text) ? pattern.lastIndex : index
}
