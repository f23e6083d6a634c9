import { afterEach, describe, expect, test } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { openKeyRing } from '../../src/tokens/key-ring.ts'
import { maintainKeys, revokeKey, rotateKeys } from '../../src/tokens/key-schedule.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

const publishedMs = 360_000

let shop: Workshop
afterEach(() => shop.close())

describe('many processes on one store', () => {
  const racing = 4

  async function rings() {
    return Promise.all(
      Array.from({ length: racing }, async () => ({
        ...shop.keyDeps,
        keyRing: await openKeyRing(shop.keyDeps),
      })),
    )
  }

  test('a first start of all at once makes one current and one next', async () => {
    shop = await openWorkshop({ bare: true })
    const all = await rings()
    await Promise.all(all.map((deps) => maintainKeys(deps, shop.clock())))
    expect((await shop.store.listKeys()).map(({ state }) => state).sort()).toEqual(['current', 'next'])
    for (const { keyRing } of all) await keyRing.reload()
    expect(new Set(all.map(({ keyRing }) => keyRing.signer().header)).size).toBe(1)
  })

  test('of rotations at once one succeeds, and the others say so', async () => {
    shop = await openWorkshop()
    shop.clock.advance(publishedMs)
    const all = await rings()
    const outcomes = await Promise.all(all.map((deps) => rotateKeys(deps, shop.clock())))
    expect(outcomes.sort()).toEqual(['conflict', 'conflict', 'conflict', 'rotated'])
    const rows = await shop.store.listKeys()
    expect(rows.map(({ state }) => state).sort()).toEqual(['current', 'next', 'retiring'])
  })

  test('a rotation and a revocation of the same key: it ends up revoked, or is told as a conflict', async () => {
    shop = await openWorkshop()
    shop.clock.advance(publishedMs)
    const { kid } = shop.publicKey().jwk
    const [one, two] = await rings()
    if (!one || !two) throw new Error('two were opened')
    const [rotated, revoked] = await Promise.all([
      rotateKeys(one, shop.clock()),
      revokeKey(two, kid, shop.clock()),
    ])
    expect([rotated, revoked].filter((outcome) => outcome === 'conflict')).toHaveLength(1)
    await shop.keyRing.reload()
    expect(shop.keyRing.rows().find((row) => row.kid === kid)?.state).toBe(
      revoked === 'revoked' ? 'retired' : 'retiring',
    )
    expect(shop.verify(shop.issue())).toBeDefined()
  })
})

describe('sealing anew', () => {
  const newer = 'another secret for tests of 32 or more characters'

  test('is written once, not at every maintenance', async () => {
    shop = await openWorkshop()
    let writes = 0
    const store: Pick<Store, 'listKeys' | 'changeKeys'> = {
      listKeys: () => shop.store.listKeys(),
      changeKeys(input) {
        writes += 1
        return shop.store.changeKeys(input)
      },
    }
    const options = { ...shop.keyDeps, store, secrets: [newer, shop.secrets[0]] as const }
    const deps = { ...options, keyRing: await openKeyRing(options) }
    for (let time = 0; time < 5; time += 1) await maintainKeys(deps, shop.clock())
    expect(writes, 'current and next').toBe(2)
  })
})
