import { afterEach, describe, expect, test } from 'vitest'
import { handClock } from '../../test/harness.ts'
import {
  decode,
  openWorkshop,
  partsOf,
  type Workshop,
  type WorkshopOptions,
} from '../../test/tokens/workshop.ts'
import { jwksMaxAgeSeconds, maintainKeys, revokeKey, rotateKeys } from './key-schedule.ts'

const day = 86_400_000
/** What resource servers may keep, and a minute more. */
const publishedMs = (jwksMaxAgeSeconds + 60) * 1000
/** The lifetime of an access token, and a minute more. */
const retiringMs = 960_000

const open: Workshop[] = []
afterEach(async () => {
  for (const shop of open.splice(0)) await shop.close()
})

async function openShop(options: WorkshopOptions = {}): Promise<Workshop> {
  const shop = await openWorkshop({ clock: handClock(), ...options })
  open.push(shop)
  return shop
}

function states(shop: Workshop): string[] {
  return shop.keyRing.rows().map(({ state }) => state)
}

function kidIn(shop: Workshop, state: string): string {
  return shop.keyRing.rows().find((row) => row.state === state)?.kid ?? `(no ${state} key)`
}

function rowOf(shop: Workshop, kid: string) {
  return shop.keyRing.rows().find((row) => row.kid === kid)
}

const maintain = (shop: Workshop) => maintainKeys(shop.keyDeps, shop.clock())
const rotate = (shop: Workshop) => rotateKeys(shop.keyDeps, shop.clock())
const revoke = (shop: Workshop, kid: string) => revokeKey(shop.keyDeps, kid, shop.clock())

describe('the first start', () => {
  test('makes a current and a next key', async () => {
    const shop = await openShop()
    expect(states(shop).sort()).toEqual(['current', 'next'])
    expect(decode(partsOf(shop.issue()).header).kid).toBe(kidIn(shop, 'current'))
    expect(rowOf(shop, kidIn(shop, 'current'))?.activated_at).toBe(shop.clock())
  })

  test('a second start changes nothing', async () => {
    const shop = await openShop()
    const before = await shop.store.listKeys()
    await maintain(shop)
    expect(await shop.store.listKeys()).toEqual(before)
  })
})

describe('T18: rotation on a schedule', () => {
  const rotationSeconds = (90 * day) / 1000

  test('comes when it is due and not before', async () => {
    const shop = await openShop({ rotationSeconds })
    const [first, second] = [kidIn(shop, 'current'), kidIn(shop, 'next')]
    shop.clock.advance(90 * day - 1)
    expect(await maintain(shop)).toBe('too_early')
    expect(kidIn(shop, 'current')).toBe(first)
    shop.clock.advance(1)
    expect(await maintain(shop)).toBe('rotated')
    expect(kidIn(shop, 'current')).toBe(second)
    expect(kidIn(shop, 'retiring')).toBe(first)
    expect(states(shop)).toHaveLength(3)
  })

  test('0 leaves it to the command', async () => {
    const shop = await openShop({ rotationSeconds: 0 })
    const before = kidIn(shop, 'current')
    shop.clock.advance(3650 * day)
    await maintain(shop)
    expect(kidIn(shop, 'current')).toBe(before)
  })

  test('waits until the next key has been published as long as a JWKS may be kept, and a minute', async () => {
    const shop = await openShop({ rotationSeconds: 1 })
    const before = kidIn(shop, 'current')
    shop.clock.advance(publishedMs - 1)
    await maintain(shop)
    expect(await rotate(shop)).toBe('too_early')
    expect(kidIn(shop, 'current')).toBe(before)
    shop.clock.advance(1)
    await maintain(shop)
    expect(kidIn(shop, 'retiring')).toBe(before)
  })

  test('no key has ever signed that was not in the JWKS for that long', async () => {
    const shop = await openShop({ rotationSeconds: 3600 })
    const shownSince = new Map<string, number>()
    for (let hour = 0; hour < 50; hour += 1) {
      for (const { kid } of shop.keyRing.published())
        if (!shownSince.has(kid)) shownSince.set(kid, shop.clock())
      shop.clock.advance(3_600_000)
      await maintain(shop)
      const kid = String(decode(partsOf(shop.issue()).header).kid)
      expect(shop.clock() - (shownSince.get(kid) ?? shop.clock())).toBeGreaterThanOrEqual(publishedMs)
    }
    expect(shownSince.size).toBeGreaterThan(45)
  })

  test('a process that slept through several rotations makes one, and goes on', async () => {
    const shop = await openShop({ rotationSeconds })
    shop.clock.advance(365 * day)
    await maintain(shop)
    await maintain(shop)
    expect(states(shop).filter((state) => state === 'retiring')).toHaveLength(1)
    expect(shop.verify(shop.issue())).toBeDefined()
  })
})

describe('T18: rotation by command', () => {
  test('takes effect at once in the process that rotates', async () => {
    const shop = await openShop()
    shop.clock.advance(publishedMs)
    const next = kidIn(shop, 'next')
    expect(await rotate(shop)).toBe('rotated')
    expect(decode(partsOf(shop.issue()).header).kid).toBe(next)
    expect(await rotate(shop), 'the new next one must be published first').toBe('too_early')
  })

  test('the retiring key forgets its private part at once, and its public part once its last token is over', async () => {
    const shop = await openShop()
    shop.clock.advance(publishedMs)
    const old = kidIn(shop, 'current')
    const token = shop.issue()
    await rotate(shop)
    expect(rowOf(shop, old)).toMatchObject({ state: 'retiring', private_sealed: null })
    expect(rowOf(shop, old)?.retires_at).toBe(shop.clock() + retiringMs)
    shop.clock.advance(899_000)
    await maintain(shop)
    expect(shop.verify(token), 'tokens of the old key live out their time').toBeDefined()
    shop.clock.advance(retiringMs - 899_000 - 1)
    await maintain(shop)
    expect(rowOf(shop, old)?.state).toBe('retiring')
    shop.clock.advance(1)
    await maintain(shop)
    expect(rowOf(shop, old)).toMatchObject({ state: 'retired', private_sealed: null })
    expect(shop.keyRing.published().map(({ kid }) => kid)).not.toContain(old)
  })

  test('at once, it does not wait: whoever rotates knows why', async () => {
    const shop = await openShop()
    const next = kidIn(shop, 'next')
    expect(await rotateKeys(shop.keyDeps, shop.clock(), 'at_once')).toBe('rotated')
    expect(kidIn(shop, 'current')).toBe(next)
  })
})

describe('revocation of a key that leaked', () => {
  test('current: the next one takes over at once, and every token of the old one dies', async () => {
    const shop = await openShop()
    const [current, next] = [kidIn(shop, 'current'), kidIn(shop, 'next')]
    const token = shop.issue()
    expect(await revoke(shop, current)).toBe('revoked')
    expect(shop.verify(token)).toBeUndefined()
    expect(kidIn(shop, 'current')).toBe(next)
    expect(states(shop).sort()).toEqual(['current', 'next', 'retired'])
    expect(shop.keyRing.published().map(({ kid }) => kid)).not.toContain(current)
    expect(shop.verify(shop.issue())).toBeDefined()
  })

  test('next: another one takes its place', async () => {
    const shop = await openShop()
    const [current, next] = [kidIn(shop, 'current'), kidIn(shop, 'next')]
    const token = shop.issue()
    expect(await revoke(shop, next)).toBe('revoked')
    expect(kidIn(shop, 'current')).toBe(current)
    expect(kidIn(shop, 'next')).not.toBe(next)
    expect(rowOf(shop, next)).toMatchObject({ state: 'retired', private_sealed: null })
    expect(shop.verify(token)).toBeDefined()
  })

  test('retiring: its last tokens die before their time', async () => {
    const shop = await openShop()
    shop.clock.advance(publishedMs)
    const token = shop.issue()
    await rotate(shop)
    expect(await revoke(shop, kidIn(shop, 'retiring'))).toBe('revoked')
    expect(shop.verify(token)).toBeUndefined()
    expect(states(shop).sort()).toEqual(['current', 'next', 'retired'])
  })

  test('a retired one, or none at all, is unknown', async () => {
    const shop = await openShop()
    const current = kidIn(shop, 'current')
    await revoke(shop, current)
    expect(await revoke(shop, current)).toBe('unknown')
    expect(await revoke(shop, 'nobody')).toBe('unknown')
  })

  test('the next one of a revoked current waits its time again', async () => {
    const shop = await openShop()
    shop.clock.advance(publishedMs)
    await revoke(shop, kidIn(shop, 'current'))
    expect(await rotate(shop)).toBe('too_early')
  })
})

describe('T16 T17: what is published', () => {
  test('next, current and retiring, in the order of their birth, with public members only', async () => {
    const shop = await openShop()
    for (let round = 0; round < 3; round += 1) {
      shop.clock.advance(publishedMs)
      await rotate(shop)
    }
    const jwks = shop.keyRing.published()
    const live = shop.keyRing.rows().filter(({ state }) => state !== 'retired')
    expect(jwks.map(({ kid }) => kid)).toEqual(live.map(({ kid }) => kid))
    for (const jwk of jwks) expect(Object.keys(jwk).sort()).toEqual('alg crv kid kty use x y'.split(' '))
  })
})

describe('a change of algorithm by configuration', () => {
  test('takes over by rotation, and old tokens stay good', async () => {
    const shop = await openShop()
    const old = shop.issue()
    const changed = { ...shop.keyDeps, algorithm: 'EdDSA' as const }
    await maintainKeys(changed, shop.clock())
    expect(rowOf(shop, kidIn(shop, 'next'))?.algorithm).toBe('EdDSA')
    expect(decode(partsOf(shop.issue()).header).alg, 'not before it is known').toBe('ES256')
    shop.clock.advance(publishedMs)
    await maintainKeys(changed, shop.clock())
    expect(decode(partsOf(shop.issue()).header).alg).toBe('EdDSA')
    expect(shop.verify(old)).toBeDefined()
    expect(shop.verify(shop.issue())).toBeDefined()
    shop.clock.advance(retiringMs)
    await maintainKeys(changed, shop.clock())
    expect(shop.keyRing.published().map(({ alg }) => alg)).toEqual(['EdDSA', 'EdDSA'])
  })
})
