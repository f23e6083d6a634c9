import type { ClientEvent } from './events.ts'
import type { StorageName, TokenStorage } from './kept/storage.ts'

/** What a client is made with. Only `baseUrl` must be there. */
export interface ClientOptions {
  /** where the server is; in a page it may be relative, `/` for the page's own origin */
  baseUrl: string | URL
  /**
   * where the session is kept: `local` (the default) for all tabs and beyond the browser's end, `session` for one tab,
   * `memory` for one page, or a place of your own; `cookieStorage()` where a server renders pages
   */
  storage?: StorageName | TokenStorage
  /** the name under which it is kept there; two clients with different names know nothing of each other */
  storageKey?: string
  /** instead of the global one */
  fetch?: typeof fetch
  /** hears of everything that happens, as a log would */
  onEvent?: (event: ClientEvent) => void
  /** `throw` (the default), or `values`: every verb resolves to `{ data, error }` and none rejects */
  results?: 'throw' | 'values'
  /** whether a visible page refreshes before it must; otherwise only when a token is asked for. The default is true */
  autoRefresh?: boolean
  /** how long before the access token's end that is; at most a third of its life. The default is 60 */
  refreshMarginSeconds?: number
  /** how long the server may take to answer. The default is 10 */
  timeoutSeconds?: number
  /** origins besides the server's own to which `fetch` shows the access token */
  sendTokensTo?: readonly string[]
  /**
   * For a server that keeps both tokens in HttpOnly cookies: the path that its `COUNTERSIGN_DJ_REST_AUTH` has, such as
   * `/api/auth/`. The client then stores no token, sends credentials along, and `getAccessToken` rejects with `cookie_mode`
   */
  cookieApi?: string
}

/** The options with nothing left open. */
export interface Settings {
  /** absolute where there is something to be absolute to, and without a slash at its end */
  base: string
  marginMs: number
  timeoutMs: number
  autoRefresh: boolean
  /** where the tokens come from: what stands between `base` and `tokenPaths` */
  tokenApi: string
  /** of every request in cookie mode, where no token is kept; undefined otherwise */
  cookies: { credentials: 'include' } | undefined
  origins: ReadonlySet<string>
}

/** @throws TypeError for an address that is none */
export function settingsOf(options: ClientOptions, pageUrl: string | undefined): Settings {
  const base = new URL(options.baseUrl, pageUrl)
  return {
    base: base.href.replace(/\/+$/, ''),
    marginMs: (options.refreshMarginSeconds ?? 60) * 1000,
    timeoutMs: (options.timeoutSeconds ?? 10) * 1000,
    autoRefresh: options.autoRefresh ?? true,
    tokenApi: options.cookieApi ?? '/api/',
    cookies: options.cookieApi ? { credentials: 'include' } : undefined,
    origins: new Set([base, ...(options.sendTokensTo ?? [])].map((one) => new URL(one).origin)),
  }
}
