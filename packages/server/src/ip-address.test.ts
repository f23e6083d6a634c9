import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalAddress, networkOf } from './ip-address.ts'

const group = fc.integer({ min: 0, max: 0xffff })
const ipv6 = fc.array(fc.oneof(fc.constant(0), group), { minLength: 8, maxLength: 8 })

/** A number of the address, in one of the ways to write it. */
function spelledGroup(value: number, { upper, padded }: { upper: boolean; padded: boolean }): string {
  const text = value.toString(16).padStart(padded ? 4 : 1, '0')
  return upper ? text.toUpperCase() : text
}

const dotted = (high: number, low: number) => [high >> 8, high & 255, low >> 8, low & 255].join('.')

interface Spelling {
  upper: boolean
  padded: boolean
  /** the last two groups as an IPv4 address */
  tail: 'hex' | 'dotted'
  /** where `::` stands for zeros, if anywhere */
  gap: number
  zone: string
}

function spelled(groups: readonly number[], { upper, padded, tail, gap, zone }: Spelling): string {
  const texts = groups.map((value) => spelledGroup(value, { upper, padded }))
  const written = tail === 'dotted' ? [...texts.slice(0, 6), dotted(groups[6] ?? 0, groups[7] ?? 0)] : texts
  const most = tail === 'dotted' ? 6 : 8
  let end = gap
  while (end < most && groups[end] === 0) end += 1
  if (end - gap < 1) return written.join(':') + zone
  return `${written.slice(0, gap).join(':')}::${written.slice(end).join(':')}${zone}`
}

const spelling = fc.record<Spelling>({
  upper: fc.boolean(),
  padded: fc.boolean(),
  tail: fc.constantFrom('hex', 'dotted'),
  gap: fc.integer({ min: 0, max: 7 }),
  zone: fc.constantFrom('', '%eth0', '%25en1'),
})

describe('P14: an address has one form', () => {
  test('whichever way an IPv6 address is written', () => {
    fc.assert(
      fc.property(ipv6, spelling, spelling, (groups, one, other) => {
        const canonical = canonicalAddress(spelled(groups, one))
        expect(canonical).toBeDefined()
        expect(canonicalAddress(spelled(groups, other))).toBe(canonical)
        expect(canonicalAddress(canonical ?? '')).toBe(canonical)
      }),
    )
  })

  test('whether an IPv4 address comes as itself or as IPv6', () => {
    fc.assert(
      fc.property(group, group, spelling, (high, low, how) => {
        const mapped = spelled([0, 0, 0, 0, 0, 0xffff, high, low], how)
        expect(canonicalAddress(mapped)).toBe(dotted(high, low))
        expect(canonicalAddress(dotted(high, low))).toBe(dotted(high, low))
      }),
    )
  })

  test.each([
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8:0000:0000:0000:0000:0000:0001', '2001:db8::1'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['::', '::'],
    ['::FFFF:203.0.113.9', '203.0.113.9'],
    ['::ffff:cb00:7109', '203.0.113.9'],
    ['0:0:0:0:0:ffff:cb00:7109', '203.0.113.9'],
    ['::203.0.113.9', '::cb00:7109'],
    ['64:ff9b::203.0.113.9', '64:ff9b::cb00:7109'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('%s is %s', (written, canonical) => {
    expect(canonicalAddress(written)).toBe(canonical)
  })

  test.each([
    ...['', ' ', 'unknown', '_hidden', 'localhost', '127.1', '0x7f.0.0.1', '0177.0.0.1', '203.0.113.9:80'],
    ...['203.0.113.9 ', ' 203.0.113.9', '[::1]', '[::1]:80', '::1/64', ':::', '1::2::3', '1:2:3:4:5:6:7:8:9'],
    ...['::ffff:256.0.0.1', '::ffff:1.2.3', 'g::1', '%eth0', '::1\0', '::1\n', '::1]/@evil'],
  ])('%j is no address', (text) => {
    expect(canonicalAddress(text)).toBeUndefined()
  })

  test('whatever text comes, nothing is thrown', () => {
    const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[0-9a-f:.%[\]/]{0,45}$/))
    fc.assert(fc.property(texts, (text) => void canonicalAddress(text)))
  })
})

describe('P14: a client is a network', () => {
  test('of an IPv6 address its first 64 bits count and no other', () => {
    fc.assert(
      fc.property(ipv6, ipv6, spelling, (one, other, how) => {
        const groups = [...one.slice(0, 4), ...other.slice(4)]
        const network = (numbers: readonly number[]) =>
          networkOf(canonicalAddress(spelled(numbers, how)) ?? '')
        fc.pre(canonicalAddress(spelled(one, how))?.includes(':') === true)
        fc.pre(canonicalAddress(spelled(groups, how))?.includes(':') === true)
        expect(network(groups)).toBe(network(one))
        expect(network(one) === network(other)).toBe(`${one.slice(0, 4)}` === `${other.slice(0, 4)}`)
      }),
    )
  })

  test.each([
    ['203.0.113.9', '203.0.113.9'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:db8:0:0:ffff:ffff:ffff:ffff', '2001:db8:0:0::/64'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['::1', '0:0:0:0::/64'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4::/64'],
    ['1::', '1:0:0:0::/64'],
  ])('%s is of %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })
})
