import { expect } from 'vitest'
import { claimsOf, type HttpClient } from '../races/http-client.ts'
import { keyOf, newest, type RememberedSession } from './remembering-clients.ts'

/** Sees that what was acknowledged holds. @returns what it saw, for the count */
export async function check(client: HttpClient, session: RememberedSession, at: number): Promise<string> {
  const { pairs, ended, pending } = session
  if (ended) return checkEnded(client, session)
  const reply = await client.refresh(newest(session), keyOf(session))
  if (pending === 'logout') {
    expect([200, 401]).toContain(reply.status)
    return 'in doubt'
  }
  expect(reply.status, `the newest of ${pairs.length} tokens, ${pending ?? 'nothing'} pending`).toBe(200)
  expect(claimsOf(reply.json().refresh).gen).toBe(pairs.length)
  expect(await client.access(reply.json())).toBe(200)
  if (at % 2 === 0) return 'rotations'
  const [spent] = pairs
  if (spent === undefined || pairs.length < 2) return 'rotations'
  expect((await client.refresh(spent, 'key 1')).status, 'a token of two generations ago').toBe(401)
  expect((await client.refresh(reply.json())).status, 'the newest, after reuse').toBe(401)
  return 'reuses'
}

/** Sees that an acknowledged logout holds. */
export async function checkEnded(client: HttpClient, session: RememberedSession): Promise<string> {
  for (const pair of session.pairs.slice(-2)) {
    expect((await client.refresh(pair, keyOf(session))).status).toBe(401)
    expect(await client.access(pair)).toBe(401)
  }
  expect((await client.logout(newest(session))).status).toBe(200)
  return 'logouts'
}
