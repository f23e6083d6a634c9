import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import type { Store } from '../../src/store/store.ts'
import { handClock, openTestServer, type TestServer, temporaryFolder } from '../harness.ts'

const password = 'correct horse battery'

const opened: TestServer[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close()
})

/** What is asked of the store while a request is answered, in order. */
function watched(store: Store): { store: Store; calls: string[] } {
  const calls: string[] = []
  const watch = (name: string, verb: unknown) => {
    if (typeof verb !== 'function') return verb
    return (...args: unknown[]) => {
      calls.push(name)
      return verb(...args)
    }
  }
  const members = Object.entries(store).map(([name, verb]) => [name, watch(name, verb)])
  return { store: Object.fromEntries(members) as Store, calls }
}

const settings = { COUNTERSIGN_HIDE_EMAILS: 'on', COUNTERSIGN_EMAIL_VERIFICATION: 'optional' }

/** A server on a file, with users whose addresses are known and some whose are proven. */
async function open(env: Record<string, string> = {}) {
  const clock = handClock()
  const file = join(temporaryFolder(), 'countersign.db')
  const { store, calls } = watched(await openSqliteStore({ file, now: clock() }))
  const server = await openTestServer({ env: { ...settings, ...env }, clock, store })
  opened.push(server)
  for (const name of ['alice', 'bob']) {
    await server.post('/api/register/', { username: name, email: `${name}@example.com`, password })
  }
  const bob = await store.findUserByEmail('bob@example.com')
  await store.updateUser({ userId: bob?.id ?? '', set: { email_verified_at: 1 } })
  await server.deployment.trail.flush()
  return { server, calls }
}

let asked = 0

/** Each pair is a request about an address that somebody has, and the same about one that nobody has. */
const pairs: Record<string, (email: string) => { path: string; body: object }> = {
  'a new password': (email) => ({ path: '/api/password/reset/', body: { email } }),
  'a new password, on the page': (email) => ({ path: '/account/forgot', body: { email } }),
  'another mail': (email) => ({ path: '/api/email/verify/resend/', body: { email } }),
  'another mail, on the page': (email) => ({ path: '/account/resend', body: { email } }),
  'a code for a new password': (email) => ({
    path: '/api/password/reset/confirm/',
    body: { email, code: '00000000', new_password: 'another horse battery' },
  }),
  'a code for an address': (email) => ({ path: '/api/email/verify/', body: { email, code: '00000000' } }),
  'a registration': (email) => {
    asked += 1
    return { path: '/api/register/', body: { username: `somebody${asked}`, email, password } }
  },
}

const known = 'alice@example.com'
const unknown = 'nobody@example.com'

/** Without what differs each time. */
function plain(text: string): string {
  return text
    .replaceAll(/[0-9a-f-]{36}/g, '<uuid>')
    .replaceAll(/(alice|bob|nobody\d*|somebody\d+)/g, '<name>')
}

describe('P20, F12: an address that somebody has, one that is proven, one that nobody has', () => {
  test.each(Object.keys(pairs))('%s: the same answer to the byte', async (name) => {
    const { server } = await open()
    const answers = []
    for (const email of [known, 'bob@example.com', unknown]) {
      const { path, body } = pairs[name]?.(email) ?? { path: '', body: {} }
      const { status, text, headers } = await server.post(path, body)
      const { 'x-request-id': _, date: __, 'content-length': ___, ...rest } = headers
      answers.push({ status, text: plain(text), rest })
    }
    expect(answers[0]?.status).toBeLessThan(401)
    expect(answers[1]).toEqual(answers[0])
    expect(answers[2]).toEqual(answers[0])
  })

  test.each(Object.keys(pairs))('%s: each waits for the same commits', async (name) => {
    const { server, calls } = await open()
    const commits = []
    for (const email of [known, 'bob@example.com', unknown]) {
      const { path, body } = pairs[name]?.(email) ?? { path: '', body: {} }
      calls.splice(0)
      await server.post(path, body)
      commits.push(calls.filter((call) => !/^(find|appendEvents|issueSecret|spendSecret)/.test(call)))
    }
    expect(commits[0]?.length).toBeGreaterThan(0)
    expect(commits[1]).toEqual(commits[0])
    expect(commits[2]).toEqual(commits[0])
  })
})

/** The lower quartile: what others do on the machine makes single times longer, never shorter. */
function usual(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 4)] ?? 0
}

const attemptsEach = 40

describe('P20, F12: the time of an answer', () => {
  test.each(Object.keys(pairs))('%s: as long for either', { retry: 3 }, async (name) => {
    const { server } = await open()
    const times: Record<string, number[]> = { [known]: [], [unknown]: [] }
    const ask = async (email: string) => {
      const { path, body } = pairs[name]?.(email) ?? { path: '', body: {} }
      const startedAt = performance.now()
      await server.post(path, body)
      return performance.now() - startedAt
    }
    for (let attempt = 0; attempt < attemptsEach; attempt += 1) {
      // A registration makes the address known.
      const stranger = name === 'a registration' ? `nobody${attempt}@example.com` : unknown
      const [first, second] = attempt % 2 === 0 ? [known, stranger] : [stranger, known]
      for (const email of [first, second]) times[email === known ? known : unknown]?.push(await ask(email))
      server.clock.advance(60_000)
    }
    const ratio = usual(times[known] ?? []) / usual(times[unknown] ?? [])
    console.log(`${name}: ${usual(times[unknown] ?? []).toFixed(2)} ms, known to unknown ${ratio.toFixed(3)}`)
    expect(ratio).toBeGreaterThan(0.85)
    expect(ratio).toBeLessThan(1.18)
  })
})
