import type { TokenPair } from '../harness.ts'
import type { HttpClient, Reply } from '../races/http-client.ts'

/** What one client was told of a session of its own. */
export interface RememberedSession {
  /** every pair that it was handed, oldest first */
  pairs: TokenPair[]
  /** the server said so */
  ended: boolean
  /** asked for, and nothing was heard */
  pending: 'refresh' | 'logout' | undefined
}

export interface RememberedUser {
  username: string
  sessions: RememberedSession[]
}

/** The key that goes with the newest token of a session: the same for each try. */
export function keyOf({ pairs }: RememberedSession): string {
  return `key ${pairs.length}`
}

/** How a client lives, and whom it tells of every acknowledged write at the moment that it hears of it. */
export interface Life {
  client: Pick<HttpClient, 'register' | 'login' | 'refresh' | 'logout'>
  random: () => number
  acknowledged: () => void
  /** asked before each new user */
  goesOn: () => boolean
}

/**
 * Registers, logs in, refreshes and logs out, one after the other, until it is to end or the connection breaks. Only
 * what was acknowledged is remembered.
 */
export async function live(life: Life, name: string): Promise<RememberedUser[]> {
  const users: RememberedUser[] = []
  try {
    for (let count = 0; life.goesOn(); count += 1) {
      const user: RememberedUser = { username: `${name}n${count}`, sessions: [] }
      acknowledge(life, await life.client.register(user.username), 201)
      users.push(user)
      await useSessions(life, user)
    }
    return users
  } catch (thrown) {
    if (!isBroken(thrown)) throw thrown
    return users
  }
}

async function useSessions(life: Life, user: RememberedUser): Promise<void> {
  for (let devices = 0; devices < 2; devices += 1) {
    const login = await life.client.login(user.username)
    const session: RememberedSession = { pairs: [login.json()], ended: false, pending: undefined }
    acknowledge(life, login, 200)
    user.sessions.push(session)
    const rotations = Math.floor(life.random() * 6)
    for (let rotation = 0; rotation < rotations; rotation += 1) await rotate(life, session)
    if (life.random() < 0.4) await end(life, session)
  }
}

async function rotate(life: Life, session: RememberedSession): Promise<void> {
  session.pending = 'refresh'
  const reply = await life.client.refresh(newest(session), keyOf(session))
  acknowledge(life, reply, 200)
  session.pairs.push(reply.json())
  session.pending = undefined
}

async function end(life: Life, session: RememberedSession): Promise<void> {
  session.pending = 'logout'
  acknowledge(life, await life.client.logout(newest(session)), 200)
  session.ended = true
  session.pending = undefined
}

/** The last pair that the client was handed. */
export function newest({ pairs }: RememberedSession): TokenPair {
  const pair = pairs.at(-1)
  if (!pair) throw new Error('a session without a token')
  return pair
}

function acknowledge({ acknowledged }: Life, { status, text }: Reply, expected: number): void {
  if (status !== expected) throw new Error(`expected ${expected}, got ${status}: ${text}`)
  acknowledged()
}

/** The other side is gone, in the middle of an answer or before it. */
export function isBroken(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
  return ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE'].includes(code)
}
