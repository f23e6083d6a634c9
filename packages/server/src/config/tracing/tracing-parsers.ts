import type { Parser } from '../parsers.ts'

/** `true` or `false`, in any case: so the specification of these variables has it. */
export const trueOrFalse: Parser<boolean> = (text) => {
  const value = text.trim().toLowerCase()
  return value === 'true' || value === 'false'
    ? { value: value === 'true' }
    : { expected: 'one of true, false' }
}

/** One or more of the values, separated by commas; `none` stands alone and is an empty list. */
export function listOf<const T extends string>(...values: readonly T[]): Parser<readonly T[]> {
  return (text) => {
    if (text.trim() === 'none') return { value: [] }
    const given = [...new Set(text.split(',').map((one) => one.trim()))]
    const known = given.flatMap((one) => values.filter((value) => value === one))
    return known.length === given.length
      ? { value: known }
      : { expected: `none, or of ${values.join(', ')} one or more, separated by commas` }
  }
}

/** A share of the whole. */
export const share: Parser<number> = (text) => {
  const value = Number(text)
  return /^\d*\.?\d+$/.test(text) && value <= 1
    ? { value }
    : { expected: 'a number from 0 to 1, for example 0.1' }
}

/** Where a collector listens for OTLP over http. */
export const collector: Parser<string> = (text) => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url && /^https?:$/.test(url.protocol)
    ? { value: text }
    : { expected: 'an http or https address, for example http://127.0.0.1:4318' }
}

/**
 * `key=value` pairs, separated by commas; what is special in them is percent-encoded.
 * @see https://opentelemetry.io/docs/specs/otel/resource/sdk/
 */
export const pairs: Parser<Readonly<Record<string, string>>> = (text) => {
  const found = text
    .split(',')
    .filter((pair) => pair.trim() !== '')
    .map(pairOf)
  const whole = found.filter((pair) => pair !== undefined)
  return whole.length === found.length && whole.length > 0
    ? { value: Object.fromEntries(whole) }
    : {
        expected:
          'pairs such as deployment.environment.name=production,service.namespace=shop, percent-encoded',
      }
}

function pairOf(text: string): [string, string] | undefined {
  const [key = '', value, ...more] = text.split('=').map((part) => part.trim())
  if (key === '' || value === undefined || more.length > 0) return undefined
  try {
    return [decodeURIComponent(key), decodeURIComponent(value)]
  } catch {
    return undefined
  }
}
