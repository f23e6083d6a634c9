import { isIP } from 'node:net'
import { availableParallelism } from 'node:os'

/** A text becomes a value, or a sentence that says what was expected. */
export type Parser<T> = (text: string) => { value: T } | { expected: string }

export function integer(least: number, most: number): Parser<number> {
  return (text) => {
    const value = Number(text)
    const fits = /^\d+$/.test(text) && value >= least && value <= most
    return fits ? { value } : { expected: `a whole number from ${least} to ${most}` }
  }
}

/** A number of processes, or `auto`: one for each processor. */
export function processes(most: number): Parser<number> {
  const parse = integer(1, most)
  return (text) => {
    if (text === 'auto') return { value: Math.min(availableParallelism(), most) }
    const parsed = parse(text)
    return 'value' in parsed ? parsed : { expected: `${parsed.expected}, or auto: one for each processor` }
  }
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }

/** `15m`, `900` (seconds) or `PT15M`, between two bounds in seconds. */
export function duration(least: number, most: number): Parser<number> {
  return (text) => {
    const value = secondsOf(text)
    if (value !== undefined && value >= least && value <= most) return { value }
    return {
      expected: `a duration from ${least} to ${most} seconds, such as 15m, 12h, 7d, 900 or PT15M`,
    }
  }
}

function secondsOf(text: string): number | undefined {
  const short = /^(\d{1,9})([smhd]?)$/.exec(text)
  if (short) return Number(short[1]) * (unitSeconds[short[2] || 's'] ?? 1)
  const iso = /^P(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})S)?)?$/.exec(text)
  if (!iso || !iso.slice(1).some(Boolean)) return undefined
  const [days, hours, minutes, seconds] = iso.slice(1).map((part) => Number(part ?? 0))
  return (days ?? 0) * 86_400 + (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)
}

export function choice<const T extends string>(...values: readonly T[]): Parser<T> {
  return (text) => {
    const value = values.find((one) => one === text)
    return value === undefined ? { expected: `one of ${values.join(', ')}` } : { value }
  }
}

export const anyText: Parser<string> = (text) =>
  text.trim() === '' ? { expected: 'a text that is not empty' } : { value: text }

/**
 * The public address: http or https, no query, no fragment, no slash at the end. It is compared as text by everyone who
 * verifies a token, so only its canonical spelling is taken.
 */
export const address: Parser<string> = (text) => {
  const value = text.replace(/\/+$/, '')
  const url = URL.canParse(text) ? new URL(text) : undefined
  const canonical =
    url && /^https?:$/.test(url.protocol) && `${url.origin}${url.pathname.replace(/\/+$/, '')}`
  if (canonical === value) return { value }
  return {
    expected: `an address such as ${canonical || 'https://auth.example.com'}, with nothing after its path`,
  }
}

/** `null` and patterns are refused: an origin is allowed exactly or not at all. */
export const origins: Parser<readonly string[]> = (text) => {
  const list = commaList(text)
  const exact = list.every((one) => URL.canParse(one) && /^https?:/.test(one) && new URL(one).origin === one)
  return exact
    ? { value: list }
    : { expected: 'exact origins such as https://app.example.com, separated by commas' }
}

/** Fewer characters are no secret. */
export const leastSecretLength = 32

/** One secret, or `new,old` while one replaces the other. */
export const secrets: Parser<readonly [string, ...string[]]> = (text) => {
  const [newest, ...older] = commaList(text)
  if (newest && [newest, ...older].every((one) => one.length >= leastSecretLength))
    return { value: [newest, ...older] }
  return {
    expected: `at least ${leastSecretLength} random characters, for example from: openssl rand -base64 48`,
  }
}

/** Any number of secrets, or `none`. */
export const sharedSecrets: Parser<readonly string[]> = (text) => {
  if (text === 'none') return { value: [] }
  const list = commaList(text)
  return list.length > 0 && list.every((one) => one.length >= leastSecretLength)
    ? { value: list }
    : { expected: `none, or at least ${leastSecretLength} characters each, separated by commas` }
}

/** Off, or a factor. */
export function factor(least: number, most: number): Parser<number | false> {
  return (text) => {
    if (text === 'off') return { value: false }
    const value = Number(text)
    const fits = /^\d+(\.\d+)?$/.test(text) && value >= least && value <= most
    return fits ? { value } : { expected: `off, or a factor from ${least} to ${most}` }
  }
}

/** Off, a number of proxies in front, or their addresses. */
export const proxies: Parser<number | readonly string[] | false> = (text) => {
  if (text === 'off' || text === '0' || text === 'false') return { value: false }
  if (/^[1-9]\d?$/.test(text)) return { value: Number(text) }
  const list = commaList(text)
  return list.length > 0 && list.every(isAddressRange)
    ? { value: list }
    : { expected: 'off, a number of proxies, or their addresses (CIDR) separated by commas' }
}

function isAddressRange(text: string): boolean {
  const [, host = '', bits = '0'] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const family = isIP(host)
  return family !== 0 && Number(bits) <= (family === 4 ? 32 : 128)
}

function commaList(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)
}
