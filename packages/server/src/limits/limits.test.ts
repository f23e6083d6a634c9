import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type HandClock, handClock } from '../../test/harness.ts'
import type { EventFields } from '../audit/events.ts'
import { AuthError } from '../errors.ts'
import { openSqliteStore } from '../store/sqlite/open.ts'
import type { Store } from '../store/store.ts'
import type { Account } from './keys.ts'
import { rememberedAtOnce } from './known-addresses.ts'
import { createLimits, type Limits, withoutLimits } from './limits.ts'
import type { CountedAction } from './steps.ts'

const second = 1_000
const hour = 3_600 * second
const day = 24 * hour

const alice: Account = { name: 'alice', userId: 'id of alice' }
const nobody: Account = { name: 'nobody' }
const home = '198.51.100.7'

let made = 0
/** A number that was not there before. */
function next(): number {
  made += 1
  return made
}
/** An address that nobody had before. */
const stranger = () => `2001:db8:${next().toString(16)}::1`

let clock: HandClock
let store: Store
let limits: Limits
let told: EventFields[]

beforeEach(async () => {
  clock = handClock()
  told = []
  store = await openSqliteStore({ file: ':memory:', now: clock() })
  const audit = { record: (_: string, fields: EventFields) => void told.push(fields) }
  const tuning = { scale: 1, mostDelaySeconds: 900 }
  limits = createLimits({ store, clock, audit, key: Buffer.alloc(32), tuning })
})
afterEach(() => store.close())

const from = (address: string) => ({ requestId: 'r', address, userAgent: '' })

/** @returns 0 where it was let in, else for how many seconds not */
async function attempt(
  action: CountedAction,
  account: Account | undefined,
  address = stranger(),
): Promise<number> {
  try {
    await limits.admit(action, { origin: from(address), account })
    return 0
  } catch (thrown) {
    if (thrown instanceof AuthError && thrown.code === 'throttled')
      return thrown.details.retryAfterSeconds ?? NaN
    throw thrown
  }
}

const guess = (account: Account, address?: string) => attempt('login', account, address)

async function logIn(account: Account, address: string): Promise<void> {
  await limits.succeeded(await limits.admit('login', { origin: from(address), account }))
}

/** Guesses from ever new addresses as soon as one is let in, for so long. @returns the instants at which one was */
async function attack(account: Account, durationMs: number): Promise<number[]> {
  const passed: number[] = []
  const began = clock()
  for (;;) {
    const waitMs = (await guess(account)) * second
    if (clock() + waitMs - began > durationMs) return passed
    clock.advance(waitMs)
    if (waitMs === 0) passed.push(clock() - began)
  }
}

describe.each([
  ['a user', alice],
  ['a name that nobody has', nobody],
])('P12, P15: guessing at %s', (_, account) => {
  test('five are free, then the delay doubles from a second to a quarter of an hour', async () => {
    const passed = await attack(account, hour)
    const waits = passed.map((at, index) => (at - (passed[index - 1] ?? 0)) / second)
    expect(waits.slice(0, 18)).toEqual([
      ...[0, 0, 0, 0, 0, 0],
      ...[1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
      ...[900, 900],
    ])
  })

  test('a day of it sees 102, the next one no more than one an hour', async () => {
    const passed = await attack(account, 2 * day)
    const inDay = (number: number) => passed.filter((at) => Math.floor(at / day) === number).length
    // NIST's hundred failures in a row are there after 22 hours; from then on one an hour.
    expect((passed[99] ?? 0) / hour).toBeGreaterThan(21)
    expect([inDay(0), inDay(1)]).toEqual([102, 24])
  })

  test('a success forgets the failures before it', async () => {
    for (let failure = 0; failure < 5; failure += 1) expect(await guess(account)).toBe(0)
    await logIn(account, stranger())
    for (let failure = 0; failure < 6; failure += 1) expect(await guess(account)).toBe(0)
    expect(await guess(account)).toBe(1)
  })

  test('another account is not concerned', async () => {
    await attack(account, hour)
    expect(await guess({ name: 'bob', userId: 'id of bob' })).toBe(0)
    expect(await guess({ name: 'another name that nobody has' })).toBe(0)
  })
})

describe('P15: while somebody attacks', () => {
  beforeEach(() => logIn(alice, home))

  test('a known address of the user has a way in, again and again; a stranger has none', async () => {
    for (let round = 0; round < 5; round += 1) {
      const passed = await attack(alice, hour)
      expect(passed.length).toBeLessThanOrEqual(round === 0 ? 19 : 5)
      expect(await guess(alice)).toBeGreaterThan(1)
      await logIn(alice, home)
      expect(await guess(alice)).toBeGreaterThan(1)
      clock.advance((await guess(alice)) * second)
    }
  })

  test('another address of a known IPv6 network is known', async () => {
    await logIn(alice, '2001:db8:aaaa:1::1')
    await attack(alice, hour)
    expect(await guess(alice, '2001:DB8:AAAA:1:ffff::2')).toBe(0)
    expect(await guess(alice, '2001:db8:aaaa:2::1')).toBeGreaterThan(1)
  })

  test('the way in has a delay and a ceiling of its own', async () => {
    await attack(alice, hour)
    const waits: number[] = []
    for (let failure = 0; failure < 20; failure += 1) {
      const wait = await guess(alice, home)
      waits.push(wait)
      clock.advance(wait * second)
    }
    expect(waits.slice(0, 12)).toEqual([0, 0, 0, 0, 0, 0, 1, 0, 2, 0, 4, 0])
    expect(told.map(({ rule }) => rule)).toContain('login_pair')
  })

  test('it is known for thirty days, and it is known of this user alone', async () => {
    clock.advance(30 * day - hour)
    await attack(alice, hour / 2)
    expect(await guess(alice, home)).toBe(0)
    clock.advance(hour)
    await attack(alice, hour)
    expect(await guess(alice, home)).toBeGreaterThan(0)
    const bob = { name: 'bob', userId: 'id of bob' }
    await attack(bob, hour)
    expect(await guess(bob, home)).toBeGreaterThan(0)
  })

  test('who has shown in another way who he is is let in at once', async () => {
    await attack(alice, hour)
    await limits.forgive(alice.userId ?? '')
    expect(await guess(alice)).toBe(0)
  })
})

describe('P17: one address', () => {
  test('that tries many names is let in sixty times, then every four seconds', async () => {
    const spray = () => guess({ name: `name ${next()}` }, home)
    for (let tried = 0; tried < 60; tried += 1) expect(await spray()).toBe(0)
    expect(await spray()).toBe(4)
    clock.advance(4 * second)
    expect([await spray(), await spray()]).toEqual([0, 4])
    expect(told.at(-1)).toMatchObject({ rule: 'login_address', code: 'throttled', client_ip: home })
  })

  test('advisory 23: is one in all its spellings', async () => {
    const spellings = ['2001:db8:9::1', '2001:DB8:9:0::1', '2001:db8:9:0:0:0:0:1', '2001:db8:9::ffff:1.2.3.4']
    for (let tried = 0; tried < 60; tried += 1)
      expect(await guess({ name: `name ${next()}` }, spellings[tried % 4])).toBe(0)
    for (const address of spellings) expect(await guess({ name: 'x' }, address)).toBe(4)
  })

  test('advisory 30: that is none is one, and does not go uncounted', async () => {
    for (let tried = 0; tried < 60; tried += 1)
      expect(await guess({ name: `name ${next()}` }, `garbage ${tried}`)).toBe(0)
    expect(await guess({ name: 'x' }, '')).toBe(4)
  })

  test.each([
    ['register', undefined, 20],
    ['reset', 'each another', 10],
    ['code', 'each another', 20],
    ['resend', 'each another', 10],
  ] as const)('%s lets in a burst for it', async (action, accounts, burst) => {
    let passed = 0
    const account = () => (accounts ? { name: '', userId: `user ${next()}` } : undefined)
    while ((await attempt(action, account(), home)) === 0) passed += 1
    expect(passed).toBe(burst)
    expect(await attempt(action, account())).toBe(0)
  })
})

test.each([
  ['reset', 3],
  ['resend', 3],
  ['code', 6],
  ['reauthenticate', 6],
] as const)('F12, H19, P25: %s lets in so many for one account from anywhere, known or not', async (action, most) => {
  for (const account of [alice, nobody]) {
    let passed = 0
    while ((await attempt(action, account)) === 0) passed += 1
    expect(passed).toBe(most)
  }
})

describe('P18: what is kept', () => {
  test('of a user who logs in from ever new addresses is bounded', async () => {
    for (let login = 0; login < 200; login += 1) await logIn(alice, stranger())
    expect(await rowsFor(day - 1)).toBeLessThanOrEqual(rememberedAtOnce + 1)
  })

  test('is over in time, and deleted', async () => {
    for (let failure = 0; failure < 300; failure += 1) await guess({ name: '', userId: `user ${failure}` })
    expect(await limits.deleteStale(100)).toBe(0)
    clock.advance(4 * second)
    expect([await limits.deleteStale(200), await limits.deleteStale(200)]).toEqual([200, 100])
    clock.advance(day)
    expect([await limits.deleteStale(500), await limits.deleteStale(500)]).toEqual([500, 100])
    expect(await limits.deleteStale(500)).toBe(0)
  })

  /** How many rows are there that live longer than that. */
  async function rowsFor(ms: number): Promise<number> {
    clock.advance(ms)
    while ((await limits.deleteStale(1_000)) > 0);
    return store.deleteStaleLimits({ now: Number.MAX_SAFE_INTEGER, limit: 100_000 })
  }
})

describe('refused refreshes', () => {
  const session = '01980000-0000-7000-8000-0000000000a7'
  const refresh = (address: string, sessionId?: string) =>
    limits.admitRefresh({ origin: from(address), sessionId })

  test('tokens that are not ours count by address, at once, and touch no session', () => {
    for (let forged = 0; forged < 60; forged += 1) refresh(home)
    expect(() => refresh(home)).toThrow('Request was throttled. Expected available in 1 second.')
    expect(() => refresh('203.0.113.1')).not.toThrow()
    for (let rotation = 0; rotation < 1_000; rotation += 1) refresh(home, session)()
    expect(() => refresh(home, session)).not.toThrow()
  })

  test('tokens of a session count by session, and write nothing', async () => {
    for (let refused = 0; refused < 10; refused += 1) refresh(stranger(), session)
    expect(() => refresh(stranger(), session)).toThrow('Expected available in 10 seconds.')
    expect(() => refresh(stranger(), session.replace('a7', 'a8'))).not.toThrow()
    clock.advance(10 * second)
    expect(() => refresh(stranger(), session)).not.toThrow()
    expect(await store.deleteStaleLimits({ now: Number.MAX_SAFE_INTEGER, limit: 9 })).toBe(0)
    expect(told[0]).toMatchObject({ rule: 'refresh_session' })
  })
})

test('a store that does not answer lets nobody in', async () => {
  const countAttempt = () => Promise.reject(new AuthError('unavailable'))
  const away = createLimits({
    store: { ...store, countAttempt },
    ...{ clock, audit: { record() {} }, key: Buffer.alloc(32), tuning: { scale: 1, mostDelaySeconds: 900 } },
  })
  await expect(away.admit('login', { origin: from(home), account: alice })).rejects.toMatchObject({
    code: 'unavailable',
  })
})

test('switched off, nothing is counted and nothing promised', async () => {
  limits = withoutLimits()
  for (let tried = 0; tried < 200; tried += 1) expect(await guess(alice, home)).toBe(0)
  expect(limits.policies('login')).toEqual([])
  expect(await store.deleteStaleLimits({ now: Number.MAX_SAFE_INTEGER, limit: 9 })).toBe(0)
})
