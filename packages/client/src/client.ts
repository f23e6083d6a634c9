import { type AccessDeps, fetchWithToken, freshSession } from './access.ts'
import { type Credentials, type NewUser, paths, type RegisteredUser, tokenPaths } from './contract.ts'
import { createCooling } from './cooling.ts'
import { CountersignError } from './errors.ts'
import { type ClientEvent, createListeners, type SessionEvent } from './events.ts'
import type { Host } from './host.ts'
import { type Keep, openKeep } from './kept/keep.ts'
import {
  endOf,
  idempotencyKey,
  isSignedIn,
  type Kept,
  type Session,
  type SignedIn,
  type User,
} from './kept/kept.ts'
import { createKnown, type From } from './kept/known.ts'
import { openPlace } from './kept/storage.ts'
import { type ClientOptions, settingsOf } from './options.ts'
import { createRenew } from './renewal.ts'
import { contentOf, createPost, type Post, parsePair } from './requests.ts'
import { asValues, type Valued } from './results.ts'
import { openSchedule } from './schedule.ts'

/** What a client does. Each throws a CountersignError when it cannot. */
export interface Verbs {
  /** Creates a user, and logs nobody in. @throws `invalid` with `fields` */
  register(user: NewUser): Promise<RegisteredUser>
  /** Opens a session, in place of the one that was kept here. @throws `invalid_credentials`, `throttled` and others */
  login(credentials: Credentials): Promise<Session>
  /**
   * Ends the session: here and in all tabs at once, then on the server. Where the server cannot be told it throws, and
   * is signed out here all the same.
   */
  logout(): Promise<void>
  /** Ends every session of the user, on all devices. Where the server cannot be told it throws, and nothing changes. */
  logoutEverywhere(): Promise<void>
  /**
   * A new pair now, for new claims say, and the session then; null when signed out. A pair of a few seconds ago is not
   * exchanged: it is new enough.
   */
  refresh(): Promise<Session | null>
  /** An access token that is good for a while yet, refreshed if it must be; null when signed out. */
  getAccessToken(): Promise<string | null>
  /**
   * The platform's `fetch` with the access token: paths are the server's, other origins must be in `sendTokensTo`. After
   * a 401 it refreshes once and tries once more. Signed out, it sends no token.
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>
}

/** What a client knows without asking. */
export interface Knowledge {
  /** who is signed in; null: nobody; undefined: an asynchronous storage has not answered yet. The same object until it changes */
  readonly session: Session | null | undefined
  /** the session's user; undefined where there is no session */
  readonly user: User | undefined
  /** calls back after every change, in this tab or another. @returns what ends that */
  onChange(listener: (session: Session | null, event: SessionEvent) => void): () => void
  /** ends timers and listeners; what is stored stays */
  dispose(): void
}

export type Client = Verbs & Knowledge

/** A client whose verbs resolve to `{ data, error }`. */
export type ValuesClient = Valued<Verbs> & Knowledge

/** A client on surroundings of one's own. */
export function createClientOn(host: Host, options: ClientOptions, pageUrl?: string): Client {
  const settings = settingsOf(options, pageUrl)
  const events = createListeners<ClientEvent>(host)
  if (options.onEvent) events.add(options.onEvent)
  const told = tellChanges((event) => {
    events.tell(event)
    schedule.again()
  })
  const known = createKnown(host, told.changed)
  const keep = openKeep({
    host,
    known,
    place: openPlace(options.storage),
    key: options.storageKey ?? 'countersign',
    failed: (error) => events.tell({ type: 'storage_failed', error }),
  })
  const post = createPost(host, settings)
  const cooling = createCooling(host)
  const renew = createRenew({
    host,
    known,
    keep,
    cooling,
    settings,
    exchange: (shown) => exchange({ host, post, settings }, shown),
    failed: (error, retryInMs) => events.tell({ type: 'refresh_failed', error, retryInMs }),
  })
  const deps = { host, known, keep, cooling, renew, settings, post }
  const schedule = openSchedule(deps)
  told.begin(keep)
  const verbs = verbsOf(deps)
  return {
    ...((options.results === 'values' ? asValues(verbs) : verbs) as Verbs),
    get session() {
      return told.session()
    },
    get user() {
      return told.session()?.user
    },
    onChange: (listener) => events.add((event) => 'session' in event && listener(event.session, event)),
    dispose() {
      schedule.close()
      keep.close()
      events.clear()
    },
  }
}

/** Turns what is kept into what is told: one event a change, and the same session object until it differs. */
function tellChanges(tell: (event: SessionEvent) => void) {
  let keep: Keep | undefined
  let session: Session | null = null

  function changed(now: Kept, before: Kept | undefined, from: From): void {
    const next = isSignedIn(now) ? now.session : null
    if (JSON.stringify(next) !== JSON.stringify(session)) session = next
    // Until the storage has answered, nobody is told half of it.
    const event = keep?.isLoaded() && eventOf(now, before, from)
    if (event) tell({ ...event, session } as SessionEvent)
  }

  return {
    changed,
    session: () => (keep?.isLoaded() ? session : undefined),
    begin(opened: Keep): void {
      keep = opened
      void opened.loaded.then(() => tell({ type: 'loaded', session, from: 'here' }))
    },
  }
}

function eventOf(now: Kept, before: Kept | undefined, from: From) {
  const wasSignedIn = isSignedIn(before)
  if (!isSignedIn(now)) return wasSignedIn && { type: 'signed_out', from, reason: now.ended }
  return { type: wasSignedIn && before.id === now.id ? 'refreshed' : 'signed_in', from }
}

interface VerbDeps extends AccessDeps {
  post: Post
}

/** One request: the token, with the key that belongs to it. */
async function exchange(
  { host, post, settings }: Pick<VerbDeps, 'host' | 'post' | 'settings'>,
  shown: SignedIn,
): Promise<SignedIn> {
  const at = host.now()
  const answer = await post(settings.tokenApi + tokenPaths.refresh, {
    body: shownIn(shown),
    headers: { 'idempotency-key': idempotencyKey(shown) },
  })
  return { ...shown, ...parsePair(answer, settings), generation: shown.generation + 1, at }
}

/** The body that shows a refresh token. In cookie mode none is kept, and the browser shows it. */
function shownIn({ refresh }: SignedIn): { refresh?: string } {
  return refresh ? { refresh } : {}
}

function verbsOf(deps: VerbDeps): Verbs {
  const { host, known, keep, cooling, renew, settings, post } = deps

  async function login(credentials: Credentials): Promise<Session> {
    const at = host.now()
    const answer = await post(settings.tokenApi + tokenPaths.login, {
      body: settings.cookies ? withEmail(credentials) : credentials,
      unauthorized: 'invalid_credentials',
    })
    const pair = parsePair(answer, settings)
    const id = host.secret()
    for (;;) {
      const order = Math.max(host.now(), ((await keep.look())?.order ?? 0) + 1)
      const kept = await keep.put({ ...pair, order, id, generation: 0, tries: 0, at })
      // Another tab's login came in between: this one is later.
      if (kept.id === id) break
    }
    cooling.end()
    return (known.now() as SignedIn).session
  }

  /** @returns what was ended, if there was something */
  async function end(): Promise<SignedIn | undefined> {
    const held = await keep.look()
    if (!isSignedIn(held)) return undefined
    await keep.put(endOf(held, 'logout'))
    return held
  }

  async function logout(): Promise<void> {
    const held = await end()
    if (held) await post(settings.tokenApi + tokenPaths.logout, { body: shownIn(held) }).catch(unlessOver)
  }

  async function logoutEverywhere(): Promise<void> {
    if (!isSignedIn(await keep.look())) throw new CountersignError('signed_out', 'Nobody is signed in')
    const answer = await fetchWithToken(deps, paths.logoutEverywhere, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"all":true}',
    })
    await contentOf(answer)
    await end()
  }

  return {
    register: (user) => post(paths.register, { body: user }) as Promise<RegisteredUser>,
    login,
    logout,
    logoutEverywhere,
    async refresh() {
      const held = await keep.look()
      if (!isSignedIn(held)) return null
      const kept = await renew(held)
      return isSignedIn(kept) ? kept.session : null
    },
    async getAccessToken() {
      if (settings.cookies) throw new CountersignError('cookie_mode', 'The tokens are in cookies')
      return (await freshSession(deps))?.access ?? null
    },
    fetch: (input, init) => fetchWithToken(deps, input, init),
  }
}

/** The API of cookie mode has a member of its own for those who log in by their address. */
function withEmail(credentials: Credentials): object {
  const { username } = credentials
  return /@.+\./.test(username) ? { ...credentials, email: username } : credentials
}

/** A session that the server does not know any more is over: that was the wish. */
function unlessOver(error: CountersignError): void {
  if (error.code !== 'token_not_valid') throw error
}
