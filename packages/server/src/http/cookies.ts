/** A cookie for the browser to keep. */
export interface SetCookie {
  name: string
  /** empty together with `maxAgeSeconds: 0` to have it forgotten */
  value: string
  /** where it is sent along; the same as when it was set, or the browser keeps the old one beside it */
  path: string
  maxAgeSeconds: number
  sameSite: 'Strict' | 'Lax' | 'None'
  /** sent over https only; a browser takes `SameSite=None` and the prefixes `__Host-`, `__Secure-` with it alone */
  isSecure: boolean
}

const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const octets = /^[!#-+\--:<-[\]-~]*$/

/** Whether a cookie may be called this. @see RFC 6265 section 4.1.1 */
export function isCookieName(name: string): boolean {
  return token.test(name)
}

/**
 * The value of `Set-Cookie`. It is always `HttpOnly`: no script reads it.
 * @throws TypeError for a name or a value that would begin another attribute
 * @see RFC 6265 section 4.1
 */
export function renderCookie({ name, value, path, maxAgeSeconds, sameSite, isSecure }: SetCookie): string {
  if (!isCookieName(name) || !octets.test(value)) throw new TypeError(`The cookie ${name} cannot be written.`)
  const attributes = [`Path=${path}`, `Max-Age=${maxAgeSeconds}`, 'HttpOnly', `SameSite=${sameSite}`]
  return [`${name}=${value}`, ...attributes, ...(isSecure ? ['Secure'] : [])].join('; ')
}

/**
 * The value of a cookie, as it was sent: nothing is decoded.
 * Of several with one name the first counts, which browsers send for the closest path.
 * @param header the `Cookie` header, whatever is in it
 * @returns undefined where it has none of that name
 */
export function readCookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const equals = pair.indexOf('=')
    if (equals >= 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
  }
  return undefined
}
