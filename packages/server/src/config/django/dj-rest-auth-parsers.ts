import type { Parser } from '../parsers.ts'

/** Off, or the path that an API is served under. `/api/` is taken: half of the paths below it are ours already. */
export const pathPrefix: Parser<string | false> = (text) => {
  if (text === 'off') return { value: false }
  return /^\/([\w-]+\/)*$/.test(text) && text !== '/api/'
    ? { value: text }
    : { expected: 'off, or a path such as /api/auth/ or /dj-rest-auth/, but not /api/ itself' }
}

/** A page of another front end, with places in the address where secrets are put in: each once, behind the host. */
export function pageUrl(...places: readonly string[]): Parser<string> {
  return (text) => {
    const named: string[] = text.match(/\{[^}]*\}/g) ?? []
    const isComplete = named.length === places.length && places.every((place) => named.includes(place))
    return isComplete && isPage(text)
      ? { value: text }
      : { expected: `an address such as https://app.example.com/mail/${places.join('/')}` }
  }
}

function isPage(text: string): boolean {
  const behindHost = /^https?:\/\/[^/?#{}@]+[/?#]/.test(text)
  return behindHost && URL.canParse(text.replaceAll(/[{}]/g, ''))
}

/** A name by the rule of RFC 6265. */
export const cookieName: Parser<string> = (text) =>
  /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text)
    ? { value: text }
    : { expected: 'a name of letters, digits, - and _, such as app-auth' }

export const cookiePath: Parser<string> = (text) =>
  /^\/[\w./~%-]*$/.test(text) ? { value: text } : { expected: 'a path such as / or /api/auth/' }
