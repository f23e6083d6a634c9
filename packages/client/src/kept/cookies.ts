import { web } from '../host.ts'
import type { TokenStorage } from './storage.ts'

/** The longest that a session can last unless the server is configured otherwise: 90 days. */
export const cookieSeconds = 7_776_000

/**
 * The page's cookies as a place: a server that renders pages then sees the session too (`@countersign/client/ssr`).
 * Scripts can read them, as they can read `localStorage`.
 */
export function cookieStorage(): TokenStorage {
  const secure = web.location?.protocol === 'https:' ? '; Secure' : ''
  return {
    getItem: (key) => cookieValue(web.document?.cookie ?? '', key),
    setItem(key, value) {
      const attributes = `Path=/; SameSite=Lax; Max-Age=${cookieSeconds}${secure}`
      if (web.document) web.document.cookie = `${key}=${encodeURIComponent(value)}; ${attributes}`
    },
  }
}

function cookieValue(cookies: string, key: string): string | null {
  const found = cookies.split('; ').find((one) => one.startsWith(`${key}=`))
  return found === undefined ? null : decoded(found.slice(key.length + 1))
}

/**
 * A cookie's text as it was written; null for one that somebody else wrote. A framework may have encoded once more what
 * it was given encoded, or have decoded it already.
 */
export function decoded(value: string): string | null {
  try {
    let text = value
    for (let turn = 0; turn < 3 && !text.startsWith('{'); turn += 1) text = decodeURIComponent(text)
    return text
  } catch {
    return null
  }
}
