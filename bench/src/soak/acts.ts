import { keyOf, newest } from '../../../packages/server/test/durability/remembering-clients.ts'
import { claimsOf, type HttpClient } from '../../../packages/server/test/races/http-client.ts'
import { acknowledge, complain, insist, next, type Session, type Soaker, type User } from './soaker.ts'

/** Another process has heard of a revocation by then; it may take it a second. */
const revocationReachMs = 3_000

export async function register(soaker: Soaker): Promise<User> {
  const user: User = { username: `${soaker.name}n${soaker.users.length}`, sessions: [] }
  const { reply, isFirst } = await insist(soaker, 'register', (client) => client.register(user.username))
  soaker.users.push(user)
  // An answer that was lost may have been the acknowledgement: then the name is his already.
  if (reply.status === 201 || (reply.status === 400 && !isFirst)) acknowledge(soaker, 'register')
  else complain(soaker, 'wrong', 'a registration', reply)
  return user
}

export async function login(soaker: Soaker, user: User): Promise<Session | undefined> {
  const { reply } = await insist(soaker, 'login', (client) => client.login(user.username))
  if (reply.status !== 200) {
    complain(soaker, 'lost', `the user ${user.username}`, reply)
    return undefined
  }
  acknowledge(soaker, 'login')
  return { pairs: [reply.json()], ended: false, pending: undefined }
}

/** The protected route asks no database, so no database keeps it from answering. */
export async function visit(soaker: Soaker, session: Session): Promise<boolean> {
  const isOver = session.endedAt !== undefined
  const client = await next(soaker)
  const headers = { authorization: `Bearer ${newest(session).access}` }
  const ask = async () => {
    const reply = await client.get('/api/protected/', headers)
    if (reply.status === 503) complain(soaker, 'wrong', 'the protected route', reply)
    return reply
  }
  const reply = await soaker.tally.hear('protected', ask)
  if (!reply) return true
  if (reply.status === (isOver ? 401 : 200)) return acknowledge(soaker, 'protected')
  return isOver
    ? complain(soaker, 'wrong', 'an access token of a session that is over', reply)
    : complain(soaker, 'lost', 'an access token', reply)
}

export async function rotate(soaker: Soaker, session: Session): Promise<boolean> {
  const [spent, key] = [newest(session), keyOf(session)]
  const { reply } = await insist(soaker, 'refresh', (client) => client.refresh(spent, key))
  if (reply.status !== 200) return complain(soaker, 'lost', `generation ${session.pairs.length - 1}`, reply)
  const pair = reply.json()
  const { gen } = claimsOf(pair.refresh)
  if (gen !== session.pairs.length)
    return complain(soaker, 'wrong', `generation ${gen} after a refresh`, reply)
  session.pairs.push(pair)
  return acknowledge(soaker, 'refresh')
}

/** The token before, with the key that it was spent with, gets the same successor again. */
export async function replay(soaker: Soaker, session: Session): Promise<boolean> {
  const { pairs } = session
  const before = { ...session, pairs: pairs.slice(0, -1) }
  const ask = (client: HttpClient) => client.refresh(newest(before), keyOf(before))
  const { reply } = await insist(soaker, 'replay', ask)
  if (reply.status !== 200) return complain(soaker, 'lost', 'a successor that is asked for again', reply)
  if (reply.json().refresh !== newest(session).refresh)
    return complain(soaker, 'wrong', 'another successor', reply)
  return acknowledge(soaker, 'replay')
}

/** A token of long ago is taken for stolen: it gets nothing, and the session is over. */
export async function reuse(soaker: Soaker, session: Session): Promise<boolean> {
  const [stolen] = session.pairs
  if (!stolen) return true
  const { reply } = await insist(soaker, 'reuse', (client) => client.refresh(stolen, 'of a thief'))
  if (reply.status !== 401) return complain(soaker, 'wrong', 'a token of long ago', reply)
  close(soaker, session)
  acknowledge(soaker, 'reuse')
  return checkEnded(soaker, session)
}

export async function end(soaker: Soaker, session: Session): Promise<boolean> {
  const { reply, client } = await insist(soaker, 'logout', (one) => one.logout(newest(session)))
  if (reply.status !== 200) return complain(soaker, 'wrong', 'a logout', reply)
  close(soaker, session)
  acknowledge(soaker, 'logout')
  // The process that acknowledged it knows at once.
  const headers = { authorization: `Bearer ${newest(session).access}` }
  const after = await soaker.tally.hear('protected', () => client.get('/api/protected/', headers))
  if (after && after.status !== 401)
    return complain(soaker, 'wrong', 'an access token after the logout', after)
  return true
}

function close({ tally }: Soaker, session: Session): void {
  session.ended = true
  session.endedAt = tally.now()
}

/** No refresh token of it gets anything; and no access token, once every process has had the time to hear of it. */
export async function checkEnded(soaker: Soaker, session: Session): Promise<boolean> {
  const { tally } = soaker
  const { reply } = await insist(soaker, 'refresh', (client) =>
    client.refresh(newest(session), keyOf(session)),
  )
  if (reply.status !== 401) return complain(soaker, 'lost', 'the end of a session', reply)
  const hasReached = tally.now() > (session.endedAt ?? 0) + revocationReachMs
  return hasReached && tally.isCalm(revocationReachMs) ? visit(soaker, session) : true
}
