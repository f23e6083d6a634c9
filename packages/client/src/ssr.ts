import { type Client, createClientOn } from './client.ts'
import { surroundings } from './host.ts'
import { cookieSeconds, decoded } from './kept/cookies.ts'
import { claimsOf, isSignedIn, parseKept } from './kept/kept.ts'
import type { TokenStorage } from './kept/storage.ts'
import type { ClientOptions } from './options.ts'

/** How a cookie is set, by the names that the frameworks' own functions take. */
export interface CookieAttributes {
  path: string
  /** seconds */
  maxAge: number
  sameSite: 'lax' | 'strict' | 'none'
  secure: boolean
  httpOnly: boolean
  domain?: string
}

/** The cookies of one request and of its answer, as the framework gives them. */
export interface CookieJar {
  /** those of the request, their values as they were sent or decoded */
  getAll(): readonly { name: string; value: string }[] | Promise<readonly { name: string; value: string }[]>
  /** sets them on the answer; may throw where that is on its way already */
  setAll(cookies: { name: string; value: string; attributes: CookieAttributes }[]): unknown
}

export interface ServerClientOptions
  extends Pick<ClientOptions, 'baseUrl' | 'storageKey' | 'fetch' | 'onEvent'> {
  cookies: CookieJar
  /** other than `Path=/; SameSite=Lax`, `Secure` where the server is reached by https */
  attributes?: Partial<CookieAttributes>
  timeoutSeconds?: number
  sendTokensTo?: readonly string[]
}

/**
 * A client for one request to a server that renders pages. It shares its session with the browser's client that keeps it
 * in cookies (`cookieStorage()`), and refreshes only when a token is needed. Where the answer is lost or takes no more
 * cookies, the browser asks with the same key and gets the same successor.
 */
export function createServerClient(options: ServerClientOptions): Client {
  const { cookies, attributes, ...rest } = options
  return createClientOn(surroundings(options.fetch), {
    ...rest,
    storage: jarStorage(cookies, {
      ...{ path: '/', maxAge: cookieSeconds, sameSite: 'lax', httpOnly: false },
      ...{ secure: String(options.baseUrl).startsWith('https:'), ...attributes },
    }),
    autoRefresh: false,
    refreshMarginSeconds: 0,
  })
}

/** What was set in this request is read back from here: the framework may show the request's cookies only. */
function jarStorage(jar: CookieJar, attributes: CookieAttributes): TokenStorage {
  const written = new Map<string, string>()
  return {
    async getItem(key) {
      const mine = written.get(key)
      if (mine !== undefined) return mine
      const found = (await jar.getAll()).find(({ name }) => name === key)
      return found === undefined ? null : byThisClock(decoded(found.value))
    },
    setItem(key, value) {
      written.set(key, value)
      return jar.setAll([{ name: key, value: encodeURIComponent(value), attributes }])
    },
  }
}

/**
 * The browser counted by its own clock. A server's is right, so here the token's own times are better, and tell too
 * whether late requests are over. Other requests of this page may be asking at this very moment.
 */
function byThisClock(text: string | null): string | null {
  const kept = parseKept(text)
  if (!isSignedIn(kept)) return text
  const { exp } = claimsOf(kept.access)
  const at = exp === undefined ? kept.at : exp * 1000 - kept.lasts
  return JSON.stringify({ ...kept, tries: 2, at })
}
