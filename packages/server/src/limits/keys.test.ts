import { describe, expect, test } from 'vitest'
import { addressPlaces, createKeys, namePlaces } from './keys.ts'

const keys = createKeys(Buffer.alloc(32, 1))
const others = createKeys(Buffer.alloc(32, 2))
const alice = { name: 'alice', userId: '0190-alice' }

describe('the key of an address', () => {
  test('advisory 23: is one for all spellings, and for all addresses of a /64', () => {
    const spellings = ['2001:DB8::1', '2001:db8:0:0:0:0:0:1', '2001:0db8::0.0.0.1', '2001:db8::1%eth0']
    const neighbours = ['2001:db8::2', '2001:db8:0:0:ffff::', '2001:db8::cafe:1']
    const found = [...spellings, ...neighbours].map((address) => keys.address('login_address', address))
    expect(new Set(found).size).toBe(1)
    expect(keys.address('login_address', '2001:db8:0:1::1')).not.toBe(found[0])
  })

  test('advisory 23: is one for an IPv4 address and the same written as IPv6', () => {
    const spellings = ['203.0.113.9', '::ffff:203.0.113.9', '::FFFF:CB00:7109', '0:0:0:0:0:ffff:203.0.113.9']
    expect(new Set(spellings.map((address) => keys.address('login_address', address))).size).toBe(1)
  })

  test('advisory 30: of what is no address is one for all of it, and never none', () => {
    const found = ['', 'garbage', '203.0.113.999', '[::1]', 'unknown'].map((address) =>
      keys.address('login_address', address),
    )
    expect(new Set(found).size).toBe(1)
    expect(found[0]).toMatch(/^login_address:\d+$/)
  })

  test('P18: a crowd of addresses has no more keys than there are places, and neighbours seldom share one', () => {
    const found = new Set<string>()
    const crowd = 100_000
    for (let index = 0; index < crowd; index += 1) {
      found.add(
        keys.address(
          'login_address',
          `2001:db8:${(index >> 16).toString(16)}:${(index & 0xffff).toString(16)}::1`,
        ),
      )
    }
    for (const key of found) expect(Number(key.split(':')[1])).toBeLessThan(addressPlaces)
    // As many as by chance: 100,000 fall into 262,144 places and find 83,100 of them.
    expect(found.size).toBeGreaterThan(82_500)
    expect(found.size).toBeLessThan(83_700)
  })
})

describe('the key of an account', () => {
  test('P18: of names that nobody has there are no more than places', () => {
    const found = new Set<string>()
    for (let index = 0; index < 200_000; index += 1)
      found.add(keys.account('login_account', { name: `nobody${index}` }))
    expect(found.size).toBeLessThanOrEqual(namePlaces)
    // 200,000 fall into 65,536 places and leave 4.7 % of them empty.
    expect(found.size).toBeGreaterThan(62_000)
  })

  test("is the user's own, by whichever name he comes", () => {
    const found = keys.account('login_account', alice)
    expect(keys.account('login_account', { ...alice, name: 'alice@example.com' })).toBe(found)
    expect(keys.account('login_account', { name: 'alice' })).not.toBe(found)
    const users = Array.from({ length: 20_000 }, (_, index) => ({ name: '', userId: `user ${index}` }))
    expect(new Set(users.map((user) => keys.account('login_account', user))).size).toBe(users.length)
  })

  test('no name makes the key of a user, nor one kind the key of another', () => {
    const names = ['user 0190-alice', 'user\x0190-alice', '0190-alice', 'nobody 1']
    const found = names.map((name) => keys.account('login_account', { name }))
    expect(found).not.toContain(keys.account('login_account', alice))
    const pair = keys.pair('login_pair', { account: alice, address: '203.0.113.9' })
    const kinds = [keys.account('login_account', alice), pair, keys.remembered(alice)].map(
      (key) => key.split(':')[1],
    )
    expect(new Set([kinds[0], kinds[1]]).size).toBe(2)
  })
})

test('a key tells its rule and, without the secret, nothing about whom', () => {
  const place = { account: alice, address: '203.0.113.9' }
  const all = (made: typeof keys) => [
    made.address('login_address', place.address),
    made.account('login_account', alice),
    made.account('login_account', { name: 'nobody' }),
    made.pair('known', place),
    made.remembered(alice),
  ]
  for (const key of all(keys)) {
    expect(key).toMatch(/^[a-z_]+:[\w-]+$/)
    expect(key).not.toMatch(/alice|0190|203|nobody/)
  }
  for (const [index, key] of all(others).entries()) expect(key).not.toBe(all(keys)[index])
})
