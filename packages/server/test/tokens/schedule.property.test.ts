import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createAccessTokens } from '../../src/tokens/access-token.ts'
import { openKeyRing } from '../../src/tokens/key-ring.ts'
import { maintainKeys, revokeKey, rotateKeys } from '../../src/tokens/key-schedule.ts'
import { handClock } from '../harness.ts'
import { decode, newSubject, openWorkshop, partsOf } from './workshop.ts'

/** What two processes of one deployment may do, in any order. */
type Step =
  | { do: 'advance'; ms: number }
  | { do: 'maintain' | 'rotate' | 'issue'; process: number }
  | { do: 'revoke'; process: number; pick: number }

const process = fc.integer({ min: 0, max: 1 })
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 0, max: 500_000 }) }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('maintain' as const), process }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('rotate' as const), process }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constant('issue' as const), process }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('revoke' as const), process, pick: fc.nat() }) },
  ),
  { minLength: 5, maxLength: 60 },
)

interface Issued {
  token: string
  kid: string
  /** epoch milliseconds */
  expiresAt: number
}

async function openTwo() {
  const clock = handClock()
  const shop = await openWorkshop({ clock, rotationSeconds: 3600 })
  const rings = [shop.keyRing, await openKeyRing(shop.keyDeps)]
  const processes = rings.map((keyRing) => ({
    deps: { ...shop.keyDeps, keyRing },
    tokens: createAccessTokens({ ...shop.access, keyRing }),
  }))
  return { shop, clock, at: (index: number) => processes[index] ?? processes[0] }
}

type Two = Awaited<ReturnType<typeof openTwo>>

test('T17 T18: every unexpired token of a key that was not revoked verifies, and its kid is in the JWKS', async () => {
  let verified = 0
  await fc.assert(
    fc.asyncProperty(steps, async (history) => {
      const two = await openTwo()
      const issued: Issued[] = []
      const revoked = new Set<string>()
      for (const step of history) {
        await take(step, two, issued, revoked)
        for (const index of [0, 1]) await two.at(index)?.deps.keyRing.reload()
        verified += check(two, issued, revoked)
      }
      await two.shop.close()
    }),
    { numRuns: 80 },
  )
  expect(verified, 'the property was not empty').toBeGreaterThan(1000)
})

async function take(step: Step, two: Two, issued: Issued[], revoked: Set<string>): Promise<void> {
  if (step.do === 'advance') return two.clock.advance(step.ms)
  const acting = two.at(step.process)
  if (!acting) return
  const now = two.clock()
  const { deps, tokens } = acting
  if (step.do === 'maintain') await maintainKeys(deps, now)
  if (step.do === 'rotate') await rotateKeys(deps, now)
  if (step.do === 'issue') issued.push(issue(tokens, now))
  if (step.do === 'revoke') {
    const rows = deps.keyRing.rows()
    const kid = rows[step.pick % rows.length]?.kid ?? ''
    if ((await revokeKey(deps, kid, now)) === 'revoked') revoked.add(kid)
  }
}

function issue(tokens: ReturnType<typeof createAccessTokens>, now: number): Issued {
  const { token, expiresInSeconds } = tokens.issue(newSubject(now), now)
  const kid = String(decode(partsOf(token).header).kid)
  return { token, kid, expiresAt: Math.floor(now / 1000) * 1000 + expiresInSeconds * 1000 }
}

/** @returns how many tokens were found good */
function check({ at, clock }: Two, issued: Issued[], revoked: Set<string>): number {
  let good = 0
  for (const index of [0, 1]) {
    const { deps, tokens } = at(index) ?? {}
    const published = deps?.keyRing.published().map(({ kid }) => kid) ?? []
    const roles = deps?.keyRing.rows().map(({ state }) => state) ?? []
    expect(roles.filter((state) => state === 'current')).toHaveLength(1)
    expect(roles.filter((state) => state === 'next')).toHaveLength(1)
    for (const { token, kid, expiresAt } of issued) {
      const lives = expiresAt > clock() && !revoked.has(kid)
      expect(tokens?.verify(token, clock()) !== undefined).toBe(lives)
      if (!lives) continue
      good += 1
      expect(published).toContain(kid)
    }
  }
  return good
}
