import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { everyStep, walkAllHistories } from '../../test/races/rotation-histories.ts'
import { openWorld, step, type WorldRules } from '../../test/races/rotation-world.ts'
import { judge, type Presented, type RotationRules, type SessionState } from './rotation.ts'

const rules: WorldRules = { graceMs: 10, refreshTtlMs: 100, sessionTtlMs: 250, replay: 'grace' }

/** Two of the first still lie within the grace window (to its last instant), the second does not, the last two expire. */
const waitsMs = [5, 11, 60, 100]

const variants: { name: string; rules: WorldRules; histories: number }[] = [
  { name: 'the grace window', rules, histories: 85_462_278 },
  { name: 'no grace window', rules: { ...rules, graceMs: 0 }, histories: 63_498_510 },
  { name: 'until_used', rules: { ...rules, replay: 'until_used' }, histories: 87_130_206 },
]

describe('all histories of 1 to 6 steps, 3 clients with a copy each', () => {
  test.each(variants)('$name: $histories histories', ({ rules: variant, histories }) => {
    const walked = walkAllHistories(openWorld(variant), { steps: 6, waitsMs, rules: variant })
    expect(walked.histories).toBe(histories)
  })
})

describe('random histories of 20 to 60 steps', () => {
  const anyRules = fc.record({
    graceMs: fc.constantFrom(0, 1, 10, 60),
    refreshTtlMs: fc.constantFrom(60, 100, 1000),
    sessionTtlMs: fc.constantFrom(50, 250, 5000),
    replay: fc.constantFrom('grace' as const, 'until_used' as const),
  })

  /** Of the steps that are possible, the drawn one; endings are rare, or most histories would be over at once. */
  const anyPick = fc.oneof(
    { weight: 60, arbitrary: fc.record({ place: fc.nat(), endings: fc.constant(false) }) },
    { weight: 1, arbitrary: fc.record({ place: fc.nat(), endings: fc.constant(true) }) },
  )

  test('keep every promise, whatever the rules', () => {
    const history = fc.array(anyPick, { minLength: 20, maxLength: 60 })
    fc.assert(
      fc.property(anyRules, fc.integer({ min: 1, max: 4 }), history, (drawn, clients, picks) => {
        let world = openWorld(drawn, clients)
        for (const pick of picks) {
          const isEnding = (kind: string) => kind === 'logout' || kind === 'disable'
          const possible = everyStep(world, [0, 1, 5, 11, 60, 100]).filter(
            (one) => isEnding(one.kind) === pick.endings,
          )
          const one = possible[pick.place % possible.length]
          if (one) world = step(world, one, drawn)
        }
      }),
      { numRuns: 3000 },
    )
  })
})

describe('judge', () => {
  const session: SessionState = {
    generation: 3,
    rotatedAt: 1000,
    expiresAt: 5000,
    endsAt: 9000,
    revokedAt: null,
    userIsActive: true,
    idempotencyDigest: Uint8Array.of(1, 2),
  }
  const shown: Presented = { generation: 3, expiresAt: 5000, idempotencyDigest: null }
  const usual: RotationRules = { graceMs: 100, refreshTtlMs: 3000, replay: 'grace' }

  const cases: {
    name: string
    session?: Partial<SessionState>
    shown?: Partial<Presented>
    now: number
    verdict: object
  }[] = [
    {
      name: 'the current one moves the session on',
      shown: { idempotencyDigest: Uint8Array.of(9) },
      now: 2000,
      verdict: {
        verdict: 'rotate',
        next: {
          ...session,
          generation: 4,
          rotatedAt: 2000,
          expiresAt: 5000,
          idempotencyDigest: Uint8Array.of(9),
        },
      },
    },
    {
      name: 'near the hard end it slides no further',
      session: { expiresAt: 8900 },
      shown: { expiresAt: 8900 },
      now: 8000,
      verdict: {
        verdict: 'rotate',
        next: { ...session, generation: 4, rotatedAt: 8000, expiresAt: 9000, idempotencyDigest: null },
      },
    },
    {
      name: 'the last instant of the window',
      shown: { generation: 2 },
      now: 1100,
      verdict: { verdict: 'replay' },
    },
    { name: 'the first after it', shown: { generation: 2 }, now: 1101, verdict: { verdict: 'reuse' } },
    {
      name: 'a clock that runs behind the one that rotated',
      shown: { generation: 2 },
      now: 900,
      verdict: { verdict: 'replay' },
    },
    {
      name: 'two generations back, in the window',
      shown: { generation: 1 },
      now: 1001,
      verdict: { verdict: 'reuse' },
    },
    {
      name: 'the same key, late',
      shown: { generation: 2, idempotencyDigest: Uint8Array.of(1, 2) },
      now: 4999,
      verdict: { verdict: 'replay' },
    },
    {
      name: 'another key, late',
      shown: { generation: 2, idempotencyDigest: Uint8Array.of(1, 3) },
      now: 4999,
      verdict: { verdict: 'reuse' },
    },
    {
      name: 'no key twice is not the same key',
      session: { idempotencyDigest: null },
      shown: { generation: 2 },
      now: 4999,
      verdict: { verdict: 'reuse' },
    },
    {
      name: 'the same key, two generations back',
      shown: { generation: 1, idempotencyDigest: Uint8Array.of(1, 2) },
      now: 1001,
      verdict: { verdict: 'reuse' },
    },
    {
      name: 'its own end',
      shown: { expiresAt: 2000 },
      now: 2000,
      verdict: { verdict: 'refuse', reason: 'expired' },
    },
    { name: "the session's end", now: 5000, verdict: { verdict: 'refuse', reason: 'expired' } },
    {
      name: 'a spent one after its end is no theft any more',
      shown: { generation: 1, expiresAt: 1500 },
      now: 2000,
      verdict: { verdict: 'refuse', reason: 'expired' },
    },
    {
      name: 'revoked',
      session: { revokedAt: 1 },
      now: 2000,
      verdict: { verdict: 'refuse', reason: 'revoked' },
    },
    {
      name: 'disabled user',
      session: { userIsActive: false },
      now: 2000,
      verdict: { verdict: 'refuse', reason: 'user_inactive' },
    },
    {
      name: 'a generation that nobody issued (the database went back in time)',
      shown: { generation: 4 },
      now: 2000,
      verdict: { verdict: 'refuse', reason: 'never_issued' },
    },
  ]

  test.each(cases)('$name', ({ session: held, shown: presented, now, verdict }) => {
    expect(judge({ ...session, ...held }, { ...shown, ...presented }, now, usual)).toEqual(verdict)
  })

  test('a window of 0 is none, in the very instant of the rotation too', () => {
    const none = { ...usual, graceMs: 0 }
    expect(judge(session, { ...shown, generation: 2 }, 1000, none)).toEqual({ verdict: 'reuse' })
    expect(judge(session, { ...shown, generation: 2 }, 999, none)).toEqual({ verdict: 'reuse' })
  })
})
