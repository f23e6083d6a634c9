import { beforeAll, describe, expect, test } from 'vitest'
import { createAccessTokens } from '../../src/tokens/access-token.ts'
import type { KeyRing } from '../../src/tokens/key-ring.ts'
import { revokeKey, rotateKeys } from '../../src/tokens/key-schedule.ts'
import { join, openWorkshop, partsOf, type Workshop } from './workshop.ts'

let shop: Workshop

beforeAll(async () => {
  shop = await openWorkshop()
  return () => shop.close()
})

describe('T29: verified tokens are remembered', () => {
  /** Counts the signatures that are really checked. */
  function counted(keyRing: KeyRing) {
    const count = { checks: 0 }
    const counting: KeyRing = {
      ...keyRing,
      verifiers: () =>
        new Map(
          [...keyRing.verifiers()].map(([header, one]) => [
            header,
            {
              verify(input: string, signature: string) {
                count.checks += 1
                return one.verify(input, signature)
              },
            },
          ]),
        ),
    }
    return { counting, count }
  }

  test('the second look costs no signature', () => {
    const { counting, count } = counted(shop.keyRing)
    const tokens = createAccessTokens({ ...shop.access, keyRing: counting })
    const token = shop.issue()
    const first = tokens.verify(token, shop.clock())
    expect(tokens.verify(token, shop.clock())).toEqual(first)
    expect(count.checks).toBe(1)
  })

  test('a refused one is not remembered', () => {
    const { counting, count } = counted(shop.keyRing)
    const tokens = createAccessTokens({ ...shop.access, keyRing: counting })
    const parts = partsOf(shop.issue())
    const forged = join({ ...parts, signature: partsOf(shop.issue()).signature })
    for (let time = 0; time < 3; time += 1) expect(tokens.verify(forged, shop.clock())).toBeUndefined()
    expect(count.checks).toBe(3)
  })

  test('a remembered one is refused after its end, before its time, and under no other spelling', () => {
    const token = shop.issue()
    expect(shop.verify(token)).toBeDefined()
    expect(shop.accessTokens.verify(token, shop.clock() + 900_000)).toBeUndefined()
    expect(shop.accessTokens.verify(token, shop.clock() - 6_000)).toBeUndefined()
    for (let at = 0; at < token.length; at += 1) {
      const other = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
      expect(shop.verify(other), `at ${at}`).toBeUndefined()
    }
    expect(shop.verify(token)).toBeDefined()
  })

  test('the memory is bounded, and forgets the oldest first', () => {
    const { counting, count } = counted(shop.keyRing)
    const tokens = createAccessTokens({ ...shop.access, keyRing: counting })
    const issued = Array.from({ length: 4097 }, () => shop.issue())
    for (const token of issued) tokens.verify(token, shop.clock())
    expect(count.checks).toBe(4097)
    tokens.verify(issued[4096] ?? '', shop.clock())
    tokens.verify(issued[1] ?? '', shop.clock())
    expect(count.checks, 'the newest 4096 are there').toBe(4097)
    tokens.verify(issued[0] ?? '', shop.clock())
    expect(count.checks, 'the one before them is not').toBe(4098)
  })

  test('it ends with the key: a revoked one takes its tokens with it', async () => {
    const own = await openWorkshop()
    const token = own.issue()
    expect(own.verify(token)).toBeDefined()
    await revokeKey(own.keyDeps, own.publicKey().jwk.kid, own.clock())
    expect(own.verify(token)).toBeUndefined()
    expect(own.verify(own.issue()), 'the next key signs').toBeDefined()
    await own.close()
  })

  test('it survives a rotation, as the token does', async () => {
    const own = await openWorkshop()
    own.clock.advance(400_000)
    const token = own.issue()
    expect(own.verify(token)).toBeDefined()
    expect(await rotateKeys(own.keyDeps, own.clock())).toBe('rotated')
    expect(own.verify(token)).toBeDefined()
    await own.close()
  })
})
