import { afterEach, describe, expect, test } from 'vitest'
import { openWorkshop, type Workshop } from '../../test/tokens/workshop.ts'
import type { SigningKeyRow } from '../store/schema.ts'
import { openKeyRing } from './key-ring.ts'
import { maintainKeys, revokeKey, rotateKeys } from './key-schedule.ts'

let shop: Workshop
afterEach(() => shop.close())

function countListeners(workshop: Workshop) {
  const told = { times: 0 }
  workshop.keyRing.onChange(() => {
    told.times += 1
  })
  return told
}

describe('a key ring', () => {
  test('of a new deployment is empty, and says so when asked to sign', async () => {
    shop = await openWorkshop({ bare: true })
    expect(shop.keyRing.rows()).toEqual([])
    expect(shop.keyRing.published()).toEqual([])
    expect(shop.keyRing.verifiers().size).toBe(0)
    expect(() => shop.keyRing.signer()).toThrow('there is no current signing key')
  })

  test('verifies by every published key under both types, and signs by the current one', async () => {
    shop = await openWorkshop()
    expect(shop.keyRing.published()).toHaveLength(2)
    expect(shop.keyRing.verifiers().size).toBe(4)
    expect(shop.keyRing.verifiers().has(shop.keyRing.signer().header)).toBe(true)
  })

  test('tells its listeners of a change, and of nothing else', async () => {
    shop = await openWorkshop()
    const told = countListeners(shop)
    await shop.keyRing.reload()
    await maintainKeys(shop.keyDeps, shop.clock())
    expect(told.times).toBe(0)
    shop.clock.advance(400_000)
    await rotateKeys(shop.keyDeps, shop.clock())
    expect(told.times).toBe(1)
    await revokeKey(shop.keyDeps, shop.publicKey().jwk.kid, shop.clock())
    expect(told.times).toBe(2)
  })

  test('sees what another process changed once it reads again', async () => {
    shop = await openWorkshop()
    const elsewhere = await openKeyRing(shop.keyDeps)
    shop.clock.advance(400_000)
    await rotateKeys({ ...shop.keyDeps, keyRing: elsewhere }, shop.clock())
    expect(shop.keyRing.signer().header).not.toBe(elsewhere.signer().header)
    const token = shop.issue()
    await shop.keyRing.reload()
    expect(shop.keyRing.signer().header).toBe(elsewhere.signer().header)
    expect(shop.verify(token), 'what the old key signed meanwhile is still good').toBeDefined()
  })

  test('keeps its keys while the table is empty: a restore under way has revoked none', async () => {
    const workshop = await openWorkshop()
    shop = workshop
    let isEmptied = false
    const listKeys = () => (isEmptied ? Promise.resolve([]) : workshop.keyDeps.store.listKeys())
    const ring = await openKeyRing({ ...workshop.keyDeps, store: { ...workshop.keyDeps.store, listKeys } })
    const published = ring.published()
    isEmptied = true
    await expect(ring.reload()).rejects.toMatchObject({ code: 'unavailable' })
    expect(ring.published()).toEqual(published)
    isEmptied = false
    await ring.reload()
    expect(ring.published()).toEqual(published)
  })

  test('sees a private part that was sealed anew, though no key changed its state', async () => {
    shop = await openWorkshop()
    const newer = 'another secret for tests of 32 or more characters'
    const secrets = [newer, shop.secrets[0]] as const
    const told = countListeners(shop)
    const elsewhere = await openKeyRing({ ...shop.keyDeps, secrets })
    await maintainKeys({ ...shop.keyDeps, secrets, keyRing: elsewhere }, shop.clock())
    await shop.keyRing.reload()
    const sealed = (rows: readonly SigningKeyRow[]) => rows.map((row) => String(row.private_sealed))
    expect(sealed(shop.keyRing.rows())).toEqual(sealed(await shop.store.listKeys()))
    expect(told.times).toBe(0)
  })

  test('a store that cannot be read leaves it as it was', async () => {
    shop = await openWorkshop()
    const token = shop.issue()
    const failing = { ...shop.store, listKeys: () => Promise.reject(new Error('away')) }
    let away = false
    const ring = await openKeyRing({
      ...shop.keyDeps,
      store: { ...shop.store, listKeys: () => (away ? failing : shop.store).listKeys() },
    })
    away = true
    await expect(ring.reload()).rejects.toThrow('away')
    expect(ring.signer().header).toBe(shop.keyRing.signer().header)
    expect(ring.verifiers().size).toBe(4)
    expect(shop.verify(token)).toBeDefined()
  })
})
