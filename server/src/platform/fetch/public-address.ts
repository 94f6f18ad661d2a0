import ipaddr from 'ipaddr.js'

// A cloud's metadata and agent endpoint on an address that is public by its number (Azure's virtual server).
const publicByNumberOnly = new Set(['168.63.129.16'])
const globalUnicast = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Whether an address lies on the public internet: an IPv4 address in no special range, or an IPv6 address in 2000::/3
 * and in no special range. Everything else is not: private, loopback, link-local (cloud metadata), carrier-grade NAT,
 * unspecified, multicast, broadcast, documentation, benchmarking, unique-local, and all forms that carry an IPv4
 * address inside (mapped, compatible, NAT64, 6to4, Teredo).
 * @param address as `net` and DNS give it: dotted IPv4 or IPv6 without brackets
 */
export function isPublicAddress(address: string): boolean {
  // A zone (`fe80::1%eth0`) names an interface of this machine.
  if (address.includes('%')) return false
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) {
    return ipaddr.IPv4.parse(address).range() === 'unicast' && !publicByNumberOnly.has(address)
  }
  if (!ipaddr.IPv6.isValid(address)) return false
  const parsed = ipaddr.IPv6.parse(address)
  return parsed.match(globalUnicast) && parsed.range() === 'unicast'
}
