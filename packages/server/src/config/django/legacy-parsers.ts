import { leastSecretLength, type Parser } from '../parsers.ts'

/** A secret, and no key of another kind: what is published would be no secret. */
export const djangoSecret: Parser<string> = (text) =>
  text.length >= leastSecretLength && !/-----BEGIN |^ssh-|^\s*\{/.test(text)
    ? { value: text }
    : {
        expected: `Django's SECRET_KEY of ${leastSecretLength} characters or more; a PEM, a JWK or another public key is no secret`,
      }

const rfc3339 = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i

/** Epoch milliseconds. */
export const instant: Parser<number> = (text) => {
  const [, year, month, day] = (rfc3339.exec(text) ?? []).map(Number)
  const value = isDate(year, month, day) ? Date.parse(text) : Number.NaN
  return Number.isNaN(value) ? { expected: 'an instant such as 2027-01-15T08:00:00Z (RFC 3339)' } : { value }
}

/** What reads instants takes the 30th of February for the 2nd of March. */
function isDate(year = Number.NaN, month = Number.NaN, day = Number.NaN): boolean {
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day
}
