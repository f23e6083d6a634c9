import { invalidFields } from '../errors.ts'

const most = 200
const usual = 50

/** What `?limit=` says. @throws AuthError `invalid` for what is no number from 1 to 200 */
export function readLimit(text: string | undefined): number {
  if (text === undefined) return usual
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (limit < 1 || limit > most) throw invalidFields({ limit: [`A number from 1 to ${most}.`] })
  return limit
}

/** What `?cursor=` takes for a place in a list. It is nobody's business what is in it. */
export function toCursor(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** @throws AuthError `invalid` for what is no cursor of such a list */
export function readCursor(
  text: string | undefined,
  types: readonly ('string' | 'number')[],
): (string | number)[] | undefined {
  if (text === undefined) return undefined
  const place = parse(text)
  const fits = Array.isArray(place) && place.length === types.length
  if (fits && place.every((one, index) => typeof one === types[index])) return place as (string | number)[]
  throw invalidFields({ cursor: ['It is none of this list.'] })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
}

/** What a filter says that is one of some words; undefined where it is not there. */
export function readChoice<const Word extends string>(
  name: string,
  text: string | undefined,
  words: readonly Word[],
): Word | undefined {
  if (text === undefined) return undefined
  const word = words.find((one) => one === text)
  if (word !== undefined) return word
  throw invalidFields({ [name]: [`One of ${words.join(', ')}.`] })
}

/** What a filter says that is `true` or `false`. */
export function readFlagFilter(name: string, text: string | undefined): boolean | undefined {
  const word = readChoice(name, text, ['true', 'false'])
  return word === undefined ? undefined : word === 'true'
}

const instantPattern = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/

/** What a filter says that is an instant, as epoch milliseconds. */
export function readInstant(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const at = instantPattern.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) throw invalidFields({ [name]: ['An instant such as 2027-01-15T08:00:00Z.'] })
  return at
}
