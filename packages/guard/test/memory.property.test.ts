import fc from 'fast-check'
import { expect, test } from 'vitest'
import { handClock } from '../../server/test/harness.ts'
import { type InProcess, openInProcess, outcome, sessionOf } from './in-process.ts'
import { until } from './servers.ts'

const tokens = 4
const acts = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ does: fc.constant('show' as const), which: fc.nat(tokens - 1) }) },
    { weight: 2, arbitrary: fc.record({ does: fc.constant('wait' as const), ms: fc.nat(500_000) }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant('revoke' as const), which: fc.nat(tokens - 1) }) },
  ),
  { maxLength: 40 },
)

/** Times at which a token is just not yet, and just, too old are hit far more often than chance would. */
const toBorder = (world: InProcess, toleranceSeconds: number, offsetMs: number) =>
  world.clock.advance((900 + toleranceSeconds) * 1_000 + offsetMs)

test('T29: a guard that remembers tokens says, at every step of every history, what one that remembers none says', async () => {
  const property = fc.asyncProperty(acts, fc.nat(2), async (history, rememberedTokens) => {
    const world = await openInProcess({ clock: handClock() })
    // Both have heard of the issuer lately: what is stale is another test's.
    const revocation = { maxStalenessSeconds: 1e9 }
    const guards = [
      world.guard({ revocation, rememberedTokens: rememberedTokens * 2 }),
      world.guard({ revocation, rememberedTokens: 0 }),
    ]
    const shown = Array.from({ length: tokens }, (_, index) => world.issue(`user${index}`))
    const revoked = new Set<number>()
    const bornAt = world.clock()
    for (const act of history) {
      if (act.does === 'wait') world.clock.advance(act.ms)
      if (act.does === 'revoke' && !revoked.has(act.which)) {
        world.revoke(shown[act.which] ?? '')
        revoked.add(act.which)
        await until(() => guards.every((guard) => guard.status().revocation?.sessions === revoked.size))
      }
      if (act.does !== 'show') continue
      const said = await Promise.all(guards.map((guard) => outcome(guard, shown[act.which] ?? '')))
      const isExpired = world.clock() - bornAt >= 905_000
      const right = isExpired ? 'invalid_token' : revoked.has(act.which) ? 'revoked' : `in: user${act.which}`
      expect(said).toEqual([right, right])
    }
    await world.close()
  })
  await fc.assert(property, { numRuns: 60 })
})

test.each([
  0, 5, 60,
])('T08: with a tolerance of %i s, a token ends to the second, remembered or not', async (seconds) => {
  for (const [offsetMs, isOver] of [
    [-1, false],
    [0, true],
    [1, true],
  ] as const) {
    const world = await openInProcess({ clock: handClock() })
    const options = { revocation: false, clockToleranceSeconds: seconds } as const
    const guards = [world.guard(options), world.guard({ ...options, rememberedTokens: 0 })]
    const token = world.issue()
    for (const guard of guards) expect(await outcome(guard, token)).toBe('in: alice')
    toBorder(world, seconds, offsetMs)
    for (const guard of guards)
      expect(await outcome(guard, token)).toBe(isOver ? 'invalid_token' : 'in: alice')
    await world.close()
  }
})

test('T18: what a key has signed that was revoked is refused within five minutes, also where it is remembered', async () => {
  const world = await openInProcess({ clock: handClock() })
  const guard = world.guard({ revocation: false })
  const token = world.issue()
  expect(await outcome(guard, token)).toBe('in: alice')
  await world.revokeKey()
  world.clock.advance(300_001)
  await until(async () => (await outcome(guard, token)) === 'invalid_token')
  expect(await outcome(guard, world.issue('bob'))).toBe('in: bob')
  await world.close()
})

test('T22: a session is revoked, not a text: the mirrored signature of a token ends with it', async () => {
  const world = await openInProcess()
  const guard = world.guard()
  const [one, two] = [world.issue(), world.issue()]
  for (const token of [one, two]) expect(await outcome(guard, token)).toBe('in: alice')
  world.revoke(one)
  await until(() => guard.status().revocation?.sessions === 1)
  const [header = '', payload = ''] = one.split('.')
  expect(await outcome(guard, world.signTexts(header, payload))).toBe('revoked')
  expect(await outcome(guard, two)).toBe('in: alice')
  expect(sessionOf(one)).not.toBe(sessionOf(two))
  await world.close()
})
