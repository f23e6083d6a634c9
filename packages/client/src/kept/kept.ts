import { parseObject } from '../json.ts'

/** Who is signed in. */
export interface User {
  id: string
  username: string
}

/** One login on one device. */
export interface Session {
  /** as the server's list of sessions has it */
  id: string
  user: User
}

/**
 * What is kept of a session. All that was ever kept in one browser has one order (`order`, then `id`, then
 * `generation`, then `tries`), and what is later in it wins, whoever wrote it and whenever it is seen.
 */
export interface SignedIn {
  /** of the login: greater than that of everything kept before */
  order: number
  /** made at the login, secret: what the idempotency keys of its refreshes are made of */
  id: string
  /** how many refreshes ago the login was: each answer is the successor of the token shown, so counting is enough */
  generation: number
  /**
   * What is known of the requests that show a token of this session. Below 0: some that show the one before may still be
   * on their way. 0: none is. From 1: one has begun that shows this one, and the fraction says whose it is. 2: more have.
   */
  tries: number
  /** epoch milliseconds of this machine, when the pair was asked for */
  at: number
  /** milliseconds that the access token lives from then */
  lasts: number
  /** empty in cookie mode, like `refresh` */
  access: string
  refresh: string
  session: Session
}

/** That a session has ended is kept too: a tab that was asleep must not bring it back. */
export type SignedOut = Pick<SignedIn, 'order' | 'id' | 'generation'> & { ended: EndReason; tries?: never }

/** `logout`: somebody wished it; `refused`: the server says that it is over */
export type EndReason = 'logout' | 'refused'

export type Kept = SignedIn | SignedOut

export function isSignedIn(kept: Kept | undefined): kept is SignedIn {
  return kept !== undefined && 'at' in kept
}

/** Whether `a` is later in the order of everything that is kept. */
export function isLater(a: Kept, b: Kept): boolean {
  for (const place of ['order', 'id', 'generation', 'tries'] as const) {
    const [mine, other] = [a[place] ?? 0, b[place] ?? 0]
    if (mine !== other) return mine > other
  }
  return false
}

/** Whether both are the same pair, or the same end. */
export function isSame(a: Kept | undefined, b: Kept): boolean {
  return a?.order === b.order && a.id === b.id && a.generation === b.generation
}

/** The end of what is kept: later than every generation of it. */
export function endOf({ order, id }: Kept, ended: EndReason): SignedOut {
  return { order: order + 1, id, generation: 0, ended }
}

/**
 * The key of the next refresh. It is not made when it is needed but follows from what is stored already: whichever tab
 * shows this token, before or after a lost answer, shows it with this key.
 */
export function idempotencyKey({ id, generation, refresh }: SignedIn): string {
  // In cookie mode the browser may be a generation ahead of what is counted here; one key for all serves as well.
  return refresh === '' ? id : `${id}.${generation}`
}

/** What another version or a stranger wrote under our key is nothing. */
export function parseKept(text: string | null): Kept | undefined {
  const kept = parseObject(text)
  const { order, id, ended, at } = kept ?? {}
  const isOurs = typeof order === 'number' && typeof id === 'string' && (typeof at === 'number' || ended)
  return isOurs ? (kept as unknown as Kept) : undefined
}

/** Of an access token of ours, as far as they are used here. */
export interface Claims {
  /** seconds, as `iat` */
  exp: number
  iat: number
  sid: string
  sub: string
  username: string
}

/** The claims of a token of ours, unverified: it came from the server itself. */
export function claimsOf(token: string): Partial<Claims> {
  try {
    const payload = atob((token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/'))
    // Not every place has a `TextDecoder`: React Native has none.
    const bytes = payload.replace(/./gs, (byte) => `%${(byte.charCodeAt(0) + 256).toString(16).slice(1)}`)
    return parseObject(decodeURIComponent(bytes)) ?? {}
  } catch {
    return {}
  }
}
