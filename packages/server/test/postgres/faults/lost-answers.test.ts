import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TokenPair } from '../../harness.ts'
import { claimsOf, eventually, type Reply } from '../../races/http-client.ts'
import { expectUnhurt } from './outage.ts'
import { type Served, serve } from './served.ts'

let served: Served
beforeAll(async () => {
  served = await serve()
})
afterAll(() => served.close())

/** Loses a statement or its answer, and asks for what runs it. @returns what was answered to that */
async function losing(
  what: 'statement' | 'answer',
  statement: string,
  request: () => Promise<Reply>,
  { proxy, after }: Pick<Served, 'proxy'> & { after?: string } = served,
): Promise<Reply> {
  const lost = proxy.lose(what, statement, after)
  const reply = await request()
  await lost
  return reply
}

async function stored({ refresh }: Pick<TokenPair, 'refresh'>, { ask } = served) {
  const sql = `SELECT generation::int, revoked_reason FROM sessions WHERE id = '${claimsOf(refresh).sid}'`
  return (await ask<{ generation: number; revoked_reason: string | null }>(sql))[0]
}

async function sessionsOf(username: string): Promise<number | undefined> {
  const sql = `SELECT count(*)::int FROM sessions JOIN users ON users.id = user_id WHERE username = '${username}'`
  return (await served.ask<{ count: number }>(sql))[0]?.count
}

/** What the log says of a session, by the names of the events. */
function eventsOf({ refresh }: TokenPair, { server } = served): string[] {
  const { sid } = claimsOf(refresh)
  const lines = server.logs.map((line) => JSON.parse(line) as { event: string; session_id?: string })
  return lines.flatMap(({ event, session_id }) => (session_id === sid ? [event] : []))
}

const both = ['statement', 'answer'] as const

describe('S05 S06: a refresh of which nobody heard', () => {
  test.each(both)('the %s is lost: the same token gets its successor, and only one', async (what) => {
    const { client } = served
    const pair = await client.session(`refresh-${what}`)
    const reply = await losing(what, 'rotate_session', () => client.refresh(pair))
    expect(reply.status).toBe(503)
    expect(await stored(pair)).toEqual({ generation: what === 'answer' ? 1 : 0, revoked_reason: null })

    const [again, once_more] = [await client.refresh(pair), await client.refresh(pair)]
    expect([again.status, once_more.status]).toEqual([200, 200])
    expect(once_more.json().refresh).toBe(again.json().refresh)
    expect(await stored(pair)).toEqual({ generation: 1, revoked_reason: null })
    expect(await client.access(again.json())).toBe(200)
    const next = await client.refresh(again.json())
    expect([next.status, claimsOf(next.json().refresh).gen]).toEqual([200, 2])
    const heard = {
      statement: ['rotated', 'replayed', 'rotated'],
      answer: ['replayed', 'replayed', 'rotated'],
    }
    const events = heard[what].map((one) => `auth.refresh.${one}`)
    expect(eventsOf(pair)).toEqual(['auth.login.succeeded', ...events])
  })

  test('the answer is lost, and the client comes back after the grace window: with its key it gets the successor', async () => {
    const strict = await serve({ env: { COUNTERSIGN_REFRESH_GRACE: '0s' } })
    const { client } = strict
    const [pair, careless] = [await client.session('late'), await client.session('careless')]
    const reply = await losing('answer', 'rotate_session', () => client.refresh(pair, 'one'), strict)
    expect(reply.status).toBe(503)
    expect(await stored(pair, strict)).toEqual({ generation: 1, revoked_reason: null })
    const [again, once_more] = [await client.refresh(pair, 'one'), await client.refresh(pair, 'one')]
    expect([again.status, once_more.json().refresh]).toEqual([200, again.json().refresh])
    expect((await client.refresh(again.json(), 'two')).status).toBe(200)
    // What the key is for: without one, nobody can tell the client from a thief.
    await losing('answer', 'rotate_session', () => client.refresh(careless), strict)
    expect((await client.refresh(careless)).status).toBe(401)
    await strict.close()
  })

  test('the answer comes too late: the same', async () => {
    const { client, proxy } = served
    const pair = await client.session('slow-network')
    proxy.delay(1_200)
    const reply = await client.refresh(pair, 'a key')
    await proxy.heal()
    expect(reply.status).toBe(503)
    const again = await client.refresh(pair, 'a key')
    expect([again.status, claimsOf(again.json().refresh).gen]).toEqual([200, 1])
    expect((await client.refresh(again.json())).status).toBe(200)
  })
})

describe('S22: a login of which nobody heard', () => {
  test.each(both)('the %s of the COMMIT is lost: the next one is let in', async (what) => {
    const { client } = served
    const username = `login-${what}`
    await client.register(username)
    const ofLogin = { ...served, after: 'end_surplus' }
    expect((await losing(what, 'COMMIT', () => client.login(username), ofLogin)).status).toBe(503)
    // Nobody has a token of that session; it is there or not.
    await eventually(() => sessionsOf(username), what === 'answer' ? 1 : 0)
    const pair = (await client.login(username)).json()
    expect(await client.access(pair)).toBe(200)
    expect((await client.refresh(pair)).status).toBe(200)
  })
})

describe('P23: a registration of which nobody heard', () => {
  test.each(both)('the %s is lost: the name is free, or belongs to who asked', async (what) => {
    const { client } = served
    const username = `register-${what}`
    const reply = await losing(what, 'insert_user', () => client.register(username))
    expect(reply.status).toBe(503)
    expect((await client.register(username)).status).toBe(what === 'answer' ? 400 : 201)
    expect((await client.login(username)).status).toBe(200)
  })
})

describe('S08 S15: a logout of which nobody heard', () => {
  test.each(
    both,
  )('the %s is lost: it is never called done, and done when it is asked for again', async (what) => {
    const { client } = served
    const pair = await client.session(`logout-${what}`)
    expect((await losing(what, 'end_session', () => client.logout(pair))).status).toBe(503)
    expect((await stored(pair))?.revoked_reason).toBe(what === 'answer' ? 'logout' : null)
    if (what === 'answer') await eventually(() => client.access(pair), 401)
    else expect(await client.access(pair)).toBe(200)
    expect((await client.logout(pair)).status).toBe(200)
    expect([await client.access(pair), (await client.refresh(pair)).status]).toEqual([401, 401])
  })

  test.each(both)('everywhere, and the %s of the COMMIT is lost: the same', async (what) => {
    const { client } = served
    const pair = await client.session(`everywhere-${what}`)
    const other = (await client.login(`everywhere-${what}`)).json()
    const everywhere = () =>
      client.post('/api/logout/', { all: true }, { authorization: `Bearer ${pair.access}` })
    const ofLogout = { ...served, after: 'end_sessions_of_user' }
    expect((await losing(what, 'COMMIT', everywhere, ofLogout)).status).toBe(503)
    if (what === 'answer') await eventually(() => client.access(other), 401)
    else expect((await everywhere()).status).toBe(200)
    expect([await client.access(pair), await client.access(other)]).toEqual([401, 401])
    expect((await client.refresh(other)).status).toBe(401)
  })
})

describe('S02: a reuse that could not be dealt with', () => {
  test.each(
    both,
  )('the %s is lost: no successor either, and the next showing ends the session', async (what) => {
    const { client } = served
    const stolen = await client.session(`reuse-${what}`)
    const newest = (await client.refresh((await client.refresh(stolen)).json())).json()
    expect((await losing(what, 'end_session', () => client.refresh(stolen))).status).toBe(503)
    expect((await stored(stolen))?.revoked_reason).toBe(what === 'answer' ? 'reuse' : null)
    expect((await client.refresh(stolen)).status).toBe(401)
    expect((await client.refresh(newest)).status).toBe(401)
    await eventually(() => client.access(newest), 401)
  })
})

test('after all of it: no fault of ours, no connection too many, nobody who waits', async () => {
  await expectUnhurt(served)
})
