import { AuthError } from '../../errors.ts'
import { pythonIntegerFault, pythonJsonFault } from './python-json-fault.ts'
import { pythonUtf8Fault } from './python-utf8-fault.ts'

const pythonText = Symbol('python text')

/** A number of a body as Python's `str()` writes it: a text field takes it as text, no digit lost. */
export interface JsonNumber {
  readonly [pythonText]: string
}

/** Makes the number that a text field reads as `text`. No JSON text can forge one: its mark is a symbol. */
export function jsonNumber(text: string): JsonNumber {
  return { [pythonText]: text }
}

/** The Python text of a number that `parseJsonBody` put into a body; undefined for any other value. */
export function jsonNumberText(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null && pythonText in value
    ? (value as JsonNumber)[pythonText]
    : undefined
}

// A byte order mark must stay: it is refused, not skipped.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads a JSON body as Django REST framework does. An empty body is undefined, which the fields take for `{}`.
 * A number that is the body or a member of it comes as a `JsonNumber`; deeper ones stay numbers.
 * Members are to be read as own properties only: `__proto__` may be one of them.
 * @param bytes at most 64 KiB, as the server has made sure
 * @throws AuthError `parse_error`, with the detail in Python's words
 * @see RFC 8259; `rest_framework.parsers.JSONParser` for the words
 */
export function parseJsonBody(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined
  const text = decode(bytes)
  const body = parse(text)
  if (typeof body === 'number') return exactNumber(text.trim())
  if (isObject(body) && Object.values(body).some(isNumber)) keepNumbersExact(body, text)
  return body
}

function decode(bytes: Buffer): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw parseError(pythonUtf8Fault(bytes))
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw parseError(pythonJsonFault(text))
  }
}

function parseError(fault: string): AuthError {
  return new AuthError('parse_error', { detail: `JSON parse error - ${fault}` })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number'
}

// Of a text known to be valid JSON: strings, brackets, numbers. A reviver would tell the literals as well, but it
// recurses, and a deep value beside the number would exhaust the stack.
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]]|-?[0-9][0-9.eE+-]*/g

/** Replaces the members of `body` that are numbers; the string before such a number is its name. */
function keepNumbersExact(body: Record<string, unknown>, text: string): void {
  let depth = 0
  let name = ''
  for (const [token] of text.matchAll(tokens)) {
    if (token === '{' || token === '[') depth += 1
    else if (token === '}' || token === ']') depth -= 1
    else if (token.startsWith('"')) name = token
    else if (depth === 1) keepNumberExact(body, JSON.parse(name), token)
  }
}

/** Of a repeated name the last value counts, and it need not be a number. */
function keepNumberExact(body: Record<string, unknown>, name: string, literal: string): void {
  const value = body[name]
  if (isNumber(value) || jsonNumberText(value) !== undefined) body[name] = exactNumber(literal)
}

function exactNumber(literal: string): JsonNumber {
  if (/[.eE]/.test(literal)) return jsonNumber(pythonFloatText(Number(literal)))
  const fault = pythonIntegerFault(literal)
  if (fault) throw parseError(fault)
  return jsonNumber(literal === '-0' ? '0' : literal)
}

/** Python's shortest text of a float: JavaScript's digits, but with a point, and an exponent from 1e16 and below 1e-4. */
function pythonFloatText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const size = Math.abs(value)
  if (size >= 1e16 || size < 1e-4) return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
  return Number.isInteger(value) ? `${value}.0` : String(value)
}
