import { describe, expect, test } from 'vitest'
import { createAccessTokens } from '../../src/tokens/access-token.ts'
import { decodeStrictly } from '../../src/tokens/jwt.ts'
import type { KeyRing } from '../../src/tokens/key-ring.ts'
import { createDice, mutate } from './mutations.ts'
import { openWorkshop } from './workshop.ts'

/** Half a million of each kind: together the million of the promise. */
const rounds = 500_000
const seed = 20_260_101

interface Outcome {
  accepted: string[]
  tried: number
}

function fuzz(
  good: readonly string[],
  where: Parameters<typeof mutate>[1],
  verify: (token: string) => unknown,
): Outcome {
  const originals = new Set(good)
  const dice = createDice(seed)
  const outcome: Outcome = { accepted: [], tried: 0 }
  while (outcome.tried < rounds) {
    const mutated = mutate(good, where, dice)
    if (originals.has(mutated)) continue
    outcome.tried += 1
    if (verify(mutated) !== undefined) outcome.accepted.push(mutated)
  }
  return outcome
}

/** The same ring, which counts the signatures that come to the arithmetic: a known header, and strict base64url. */
function counted(keyRing: KeyRing) {
  const count = { checks: 0 }
  const verifiers = new Map(
    [...keyRing.verifiers()].map(([header, one]) => {
      const verify = (input: string, signature: string) => {
        if (decodeStrictly(signature)) count.checks += 1
        return one.verify(input, signature)
      }
      return [header, { verify }]
    }),
  )
  return { count, counting: { ...keyRing, verifiers: () => verifiers } satisfies KeyRing }
}

/** Ten seconds on a machine that does nothing else. */
const patience = { timeout: 240_000 }

describe('no mutated token is accepted', patience, () => {
  test(`${rounds} mutations of access tokens, tens of thousands of them up to the signature`, async () => {
    const shop = await openWorkshop()
    const { counting, count } = counted(shop.keyRing)
    const tokens = createAccessTokens({ ...shop.access, keyRing: counting })
    const good = Array.from({ length: 6 }, (_, index) => shop.issue(`user${index}`))
    for (const token of good) expect(tokens.verify(token, shop.clock())).toBeDefined()
    count.checks = 0
    // A changed header costs no signature, so most go there, and enough through it.
    const where = [
      ...Array<'header'>(20).fill('header'),
      'payload',
      'payload',
      'signature',
      'signature',
    ] as const
    const outcome = fuzz(good, where, (token) => tokens.verify(token, shop.clock()))
    expect(outcome).toEqual({ accepted: [], tried: rounds })
    expect(count.checks).toBeGreaterThan(50_000)
    for (const token of good) expect(tokens.verify(token, shop.clock()), 'still good').toBeDefined()
    await shop.close()
  })

  test(`${rounds} mutations of refresh tokens, most of them up to the signature`, async () => {
    const shop = await openWorkshop()
    const good = Array.from({ length: 6 }, (_, generation) => shop.issueRefresh(generation))
    for (const token of good) expect(shop.refreshTokens.verify(token)).toBeDefined()
    const where = ['header', 'payload', 'payload', 'signature', 'signature'] as const
    const [header = ''] = good[0]?.split('.', 1) ?? []
    let checks = 0
    const outcome = fuzz(good, where, (token) => {
      if (token.startsWith(`${header}.`) && token.includes('.', header.length + 1)) checks += 1
      return shop.refreshTokens.verify(token)
    })
    expect(outcome).toEqual({ accepted: [], tried: rounds })
    expect(checks).toBeGreaterThan(rounds / 2)
    await shop.close()
  })
})
