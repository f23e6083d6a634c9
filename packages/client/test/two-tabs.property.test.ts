import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Client } from '../src/client.ts'
import { createBrowser, createServer, createTime, type Fate, goodFate } from './world.ts'

type Step =
  | { do: 'refresh' | 'token' | 'fetch' | 'reload' | 'sleep' | 'wake' | 'hide' | 'show'; tab: string }
  | { do: 'pass'; ms: number }
  | { do: 'jump'; ms: number }
  | { do: 'fail'; status: number | undefined }

const names = ['a', 'b', 'c']
const tab = fc.constantFrom(...names)
const ms = fc.oneof(
  fc.integer({ min: 0, max: 300 }),
  fc.integer({ min: 1, max: 200 }).map((n) => n * 10_000),
)

const jump = (most: number) => fc.integer({ min: -most, max: most })

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('refresh', 'token', 'fetch'), tab }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('reload', 'sleep', 'wake', 'hide', 'show'), tab }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('pass'), ms }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('jump'), ms: fc.oneof(jump(30_000), jump(7_200_000)) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('fail'),
      status: fc.constantFrom(undefined, undefined, undefined, 500, 429, 401, 404),
    }),
  },
) as fc.Arbitrary<Step>

/** A request or its answer is lost, hangs, or takes up to nine of the ten seconds that it is given. */
const fate: fc.Arbitrary<Fate> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(goodFate) },
  { weight: 2, arbitrary: fc.constant({ there: undefined, back: undefined }) },
  { weight: 3, arbitrary: fc.constant({ there: 20, back: undefined }) },
  { weight: 1, arbitrary: fc.constant({ there: 20, back: Number.POSITIVE_INFINITY }) },
  {
    weight: 5,
    arbitrary: fc.record({
      there: fc.integer({ min: 0, max: 9000 }),
      back: fc.integer({ min: 0, max: 9000 }),
    }),
  },
)

async function live(steps: readonly Step[], fates: readonly Fate[], seeds: readonly number[]) {
  let [nextFate, nextSeed] = [0, 0]
  let isCalm = false
  /** No two draws are the same: the last digits count them. */
  const random = () => 0.999 * (seeds[nextSeed % seeds.length] ?? 0.5) + nextSeed++ * 1e-9
  const time = createTime()
  const server = createServer(time)
  const browser = createBrowser(time, { random })
  const signedOut: string[] = []
  const fetchFor = (name: string) =>
    server.fetchFor(name, () => (isCalm ? goodFate : (fates[nextFate++ % fates.length] ?? goodFate)))
  const open = (name: string) =>
    browser.open(name, fetchFor(name), {
      onEvent: (event) => event.type === 'signed_out' && signedOut.push(`${name} ${event.reason}`),
    })
  const clients = new Map(names.map((name) => [name, open(name)]))
  const client = (name: string) => clients.get(name) as Client

  isCalm = true
  const login = client('a').login({ username: 'alice', password: 'x' })
  await time.pass(60_000)
  await login
  isCalm = false

  for (const one of steps) {
    await take(one)
    await time.pass(30)
  }

  async function take(one: Step): Promise<void> {
    if (one.do === 'pass') return time.pass(one.ms)
    if (one.do === 'fail') return server.fail(one.status)
    if (one.do === 'jump') return browser.jump(one.ms)
    const world = browser.tabs.get(one.tab)
    if (one.do === 'sleep') time.asleep.add(one.tab)
    if (one.do === 'wake') time.asleep.delete(one.tab)
    if (one.do === 'hide' && world) world.isVisible = false
    if (one.do === 'show' && world) world.isVisible = true
    if (one.do === 'wake' || one.do === 'show') for (const hear of world?.wake ?? []) hear('visibilitychange')
    if (time.asleep.has(one.tab)) return
    if (one.do === 'reload') clients.set(one.tab, open(one.tab))
    if (one.do === 'refresh')
      client(one.tab)
        .refresh()
        .catch(() => {})
    if (one.do === 'token')
      client(one.tab)
        .getAccessToken()
        .catch(() => {})
    if (one.do === 'fetch')
      client(one.tab)
        .fetch('/api/protected/')
        .catch(() => {})
  }

  isCalm = true
  server.fail(undefined)
  time.asleep.clear()
  await time.pass(1_200_000)
  const tokens: (string | null)[] = []
  for (const name of names)
    void client(name)
      .getAccessToken()
      .then((token) => tokens.push(token))
  await time.pass(60_000)
  return { server, signedOut, tokens }
}

const runs = Number(process.env.CLIENT_PROPERTY_RUNS ?? 500)

test(
  'whatever three tabs do and the network loses, nobody is signed out and there is one chain',
  {
    timeout: 60_000 + 100 * runs,
  },
  async () => {
    const verdicts: Record<string, number> = {}
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 60 }),
        fc.array(fate, { minLength: 1, maxLength: 30 }),
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 20 }),
        async (steps, fates, seeds) => {
          const { server, signedOut, tokens } = await live(steps, fates, seeds)
          for (const { verdict = '' } of server.requests) verdicts[verdict] = (verdicts[verdict] ?? 0) + 1
          expect(signedOut).toEqual([])
          expect(server.requests.filter(({ verdict }) => verdict === 'reuse')).toEqual([])
          expect([...server.sessions.values()].map(({ revokedAt }) => revokedAt)).toEqual([null])
          expect(tokens).toHaveLength(3)
          expect(tokens.every((token) => token !== null)).toBe(true)
        },
      ),
      {
        numRuns: runs,
        ...(process.env.CLIENT_PROPERTY_SEED && { seed: Number(process.env.CLIENT_PROPERTY_SEED) }),
        ...(process.env.CLIENT_PROPERTY_PATH && { path: process.env.CLIENT_PROPERTY_PATH }),
        endOnFailure: process.env.CLIENT_PROPERTY_SHRINK !== 'on',
      },
    )
    console.log(`${runs} histories of three tabs:`, verdicts)
  },
)
