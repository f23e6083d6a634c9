import type { TokenStorage } from './kept/storage.ts'

/** Everything the client takes from where it runs. Tests bring their own. */
export interface Host {
  fetch: typeof fetch
  /** epoch milliseconds; may jump either way */
  now(): number
  /** milliseconds that never go back; may stand still while the machine sleeps */
  elapsed(): number
  /** 0 to 1 */
  random(): number
  /** 128 bits that nobody guesses */
  secret(): string
  /** @returns what cancels it */
  setTimer(work: () => void, ms: number): () => void
  /** false in a tab that nobody looks at */
  isVisible(): boolean
  /** shown or woken, online again, or another tab wrote to the storage: by the browser's name for it */
  onWake(listener: (type: string) => void): () => void
  /** undefined where there are no other tabs */
  openChannel: ((name: string, hear: (message: unknown) => void) => Channel) | undefined
  /** how long another tab's write may take to be seen here, milliseconds; 0 where there are no other tabs */
  settleMs: number
}

/** To the other tabs of this origin. */
export interface Channel {
  post(message: unknown): void
  close(): void
}

interface EventSource {
  addEventListener(type: string, listener: (event: { type: string }) => void): void
  removeEventListener(type: string, listener: (event: { type: string }) => void): void
}

/** Of the browser's global object, what is used here: it is not always a browser. */
export interface Web extends Partial<EventSource> {
  document?: EventSource & { visibilityState: string; cookie: string }
  location?: { href: string; protocol: string }
  localStorage?: TokenStorage
  sessionStorage?: TokenStorage
}

/** The global object, as far as it is a browser's. */
export const web = globalThis as unknown as Web

/** Where the program runs: a browser's page, a worker, Node. */
export function surroundings(given?: typeof fetch): Host {
  const isPage = web.document !== undefined
  return {
    // Looked up at each call: whoever watches or replaces the global one later is heard.
    fetch: given ?? ((input, init) => fetch(input, init)),
    now: () => Date.now(),
    elapsed: () => performance.now(),
    random: Math.random,
    secret,
    setTimer,
    isVisible: () => web.document?.visibilityState !== 'hidden',
    onWake,
    openChannel: isPage && typeof BroadcastChannel === 'function' ? openChannel : undefined,
    settleMs: isPage ? 50 : 0,
  }
}

/** Not `randomUUID`: browsers have that on https pages only. */
function secret(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join('-')
}

/** Node shall end although a timer waits. */
function setTimer(work: () => void, ms: number): () => void {
  const timer = setTimeout(work, ms)
  ;(timer as { unref?(): void }).unref?.()
  return () => clearTimeout(timer)
}

function onWake(listener: (type: string) => void): () => void {
  const hear = ({ type }: { type: string }) => listener(type)
  const { document } = web
  const each = (does: 'addEventListener' | 'removeEventListener') => {
    for (const type of ['visibilitychange', 'resume']) document?.[does](type, hear)
    for (const type of ['pageshow', 'online', 'storage']) if (document) web[does]?.(type, hear)
  }
  each('addEventListener')
  return () => each('removeEventListener')
}

function openChannel(name: string, hear: (message: unknown) => void): Channel {
  const channel = new BroadcastChannel(name)
  channel.onmessage = (event) => hear((event as unknown as { data: unknown }).data)
  return { post: (message) => channel.postMessage(message), close: () => channel.close() }
}
