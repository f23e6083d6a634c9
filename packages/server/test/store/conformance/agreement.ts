import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stateOf } from '../../../src/sessions/refresh.ts'
import { slidingEnd } from '../../../src/sessions/rotation.ts'
import type { NewUser } from '../../../src/store/port/users.ts'
import type { Store } from '../../../src/store/store.ts'
import { everyStep } from '../../races/rotation-histories.ts'
import {
  keyOf,
  openWorld,
  type Step,
  shown,
  step,
  type World,
  type WorldRules,
} from '../../races/rotation-world.ts'
import type { StoreUnderTest } from '../conformance.ts'
import { addUser, sampleSession, t0 } from '../samples.ts'

const anyRules = fc.record({
  graceMs: fc.constantFrom(0, 10),
  refreshTtlMs: fc.constantFrom(60, 1000),
  sessionTtlMs: fc.constantFrom(50, 250, 5000),
  replay: fc.constantFrom('grace' as const, 'until_used' as const),
})
const waitsMs = [0, 1, 5, 11, 60, 100]

/** The store and the pure machine live through the same histories; the machine's instants begin at 0, the store's at t0. */
export function agreementConformance(store: StoreUnderTest): void {
  test('the store rotates exactly when the rules say so, to the same next state', async () => {
    const places = fc.array(fc.nat(), { minLength: 20, maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(anyRules, places, async (rules, drawn) => {
        const user = await addUser(store())
        const sessionId = await openAlike(store(), user, rules)
        let world = openWorld(rules)
        for (const place of drawn) {
          const one = pick(world, place)
          const after = step(world, one, rules)
          await live({ store: store(), user, sessionId }, { world, one, after }, rules)
          world = after
        }
      }),
      { numRuns: 40 },
    )
  })
}

/** Endings are one in forty, or most histories would be over at once. */
function pick(world: World, place: number): Step {
  const all = everyStep(world, waitsMs)
  const isEnding = ({ kind }: Step) => kind === 'logout' || kind === 'disable'
  const possible = all.filter((one) => isEnding(one) === (place % 40 === 39))
  return possible[Math.floor(place / 40) % possible.length] ?? { kind: 'logout' }
}

async function openAlike(store: Store, user: NewUser, rules: WorldRules): Promise<string> {
  const { expiresAt, endsAt } = openWorld(rules).session
  const session = sampleSession(user.id, { expires_at: t0 + expiresAt, ends_at: t0 + endsAt })
  await store.openSession({ session, passwordHash: user.password_hash, maxSessionsPerUser: 100 })
  return session.id
}

interface Lived {
  store: Store
  user: NewUser
  sessionId: string
}

async function live(
  { store, user, sessionId }: Lived,
  { world, one, after }: { world: World; one: Step; after: World },
  rules: WorldRules,
): Promise<void> {
  const now = t0 + world.now
  if (one.kind === 'logout') await store.endSession({ sessionId, now, reason: 'logout' })
  if (one.kind === 'disable') await store.updateUser({ userId: user.id, set: { is_active: 0 } })
  if (one.kind === 'refresh') await refreshAlike({ store, sessionId }, { world, one }, rules)
  expect(await heldState(store, sessionId)).toEqual(after.session)
}

async function refreshAlike(
  { store, sessionId }: Omit<Lived, 'user'>,
  { world, one }: { world: World; one: Step & { kind: 'refresh' } },
  rules: WorldRules,
): Promise<void> {
  const token = world.clients[one.client]?.[one.held] ?? 0
  const showing = { token, key: one.keyed ? keyOf(one.client, token) : '', now: world.now }
  const { presented, verdict } = shown(world, showing, rules)
  // The verb never sees a token that has expired by itself: its caller looks at that first.
  if (presented.expiresAt <= world.now) return
  const { outcome, held } = await store.rotateSession({
    sessionId,
    generation: presented.generation,
    now: t0 + world.now,
    expiresAt: t0 + slidingEnd(world.now, rules),
    idempotencyDigest: presented.idempotencyDigest,
  })
  expect(outcome).toBe(verdict.verdict === 'rotate' ? 'rotated' : 'unchanged')
  const expected = verdict.verdict === 'rotate' ? verdict.next : world.session
  expect(held && machineTime(stateOf(held))).toEqual(expected)
  if (verdict.verdict === 'reuse') await store.endSession({ sessionId, now: t0 + world.now, reason: 'reuse' })
}

/** As the store holds it, told by a rotation that cannot be. */
async function heldState(store: Store, sessionId: string): Promise<World['session'] | undefined> {
  const impossible = { generation: -1, now: t0, expiresAt: t0, idempotencyDigest: null }
  const { held } = await store.rotateSession({ sessionId, ...impossible })
  return held && machineTime(stateOf(held))
}

function machineTime(state: World['session']): World['session'] {
  return {
    ...state,
    rotatedAt: state.rotatedAt - t0,
    expiresAt: state.expiresAt - t0,
    endsAt: state.endsAt - t0,
    revokedAt: state.revokedAt === null ? null : state.revokedAt - t0,
    idempotencyDigest: state.idempotencyDigest && Uint8Array.from(state.idempotencyDigest),
  }
}
