import { isIPv4, isIPv6 } from 'node:net'

/**
 * An address in the one form that we write and compare: IPv4 as it is, also where it came as IPv6; IPv6 in lower case,
 * its zeros as short as can be, without a zone.
 * @returns undefined for what is no address
 * @see RFC 5952 (text of IPv6 addresses), RFC 4291 section 2.5.5.2 (IPv4-mapped addresses)
 */
export function canonicalAddress(text: string): string | undefined {
  if (isIPv4(text)) return text
  const address = text.split('%', 1)[0] ?? ''
  if (!isIPv6(address)) return undefined
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1)
  return mappedIpv4(short) ?? short
}

/**
 * The network that is taken for one client: an IPv4 address whole, an IPv6 address by its first 64 bits, in which a
 * client may choose whatever addresses it likes.
 * @param address in its canonical form
 */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [before, after] = address.split('::').map((part) => (part === '' ? [] : part.split(':')))
  const [left = [], right = []] = [before, after]
  const zeros = Array<string>(8 - left.length - right.length).fill('0')
  return `${[...left, ...zeros, ...right].slice(0, 4).join(':')}::/64`
}

function mappedIpv4(address: string): string | undefined {
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address) ?? []
  if (high === undefined || low === undefined) return undefined
  const [first, second] = [Number.parseInt(high, 16), Number.parseInt(low, 16)]
  return [first >> 8, first & 255, second >> 8, second & 255].join('.')
}
