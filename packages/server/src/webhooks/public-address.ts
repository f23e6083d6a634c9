import { BlockList, isIPv4 } from 'node:net'
import { canonicalAddress } from '../ip-address.ts'

/** What IANA's registries of special-purpose addresses call not globally reachable, and multicast. */
const ipv4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24'],
  ...['203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
]

/** Outside of it nothing is public; within it, what leads elsewhere: protocol assignments, documentation, 6to4. */
const globalUnicast = '2000::/3'
const ipv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

const refusedIpv4 = listOf(ipv4, 'ipv4')
const refusedIpv6 = listOf(ipv6, 'ipv6')
const globalIpv6 = listOf([globalUnicast], 'ipv6')

function listOf(ranges: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList()
  for (const range of ranges) {
    const [network = '', bits] = range.split('/')
    list.addSubnet(network, Number(bits), family)
  }
  return list
}

/**
 * Whether an address is one of the public network: not of this machine, of its neighbours, of a private network, nor one
 * that stands for such an address.
 * @param address in any spelling; what is no address is not public
 * @see RFC 6890 and IANA's special-purpose address registries
 */
export function isPublicAddress(address: string): boolean {
  const canonical = canonicalAddress(address)
  if (canonical === undefined) return false
  if (isIPv4(canonical)) return !refusedIpv4.check(canonical, 'ipv4')
  return globalIpv6.check(canonical, 'ipv6') && !refusedIpv6.check(canonical, 'ipv6')
}
