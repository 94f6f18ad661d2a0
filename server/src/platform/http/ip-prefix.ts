import ipaddr from 'ipaddr.js'

/**
 * The network an address stands in: /24 of IPv4, /48 of IPv6, which is what one subscriber or site commonly has.
 * Undefined for what is no address.
 */
export function ipPrefixOf(ip: string | null): string | undefined {
  if (ip === null || !ipaddr.isValid(ip)) return undefined
  const address = ipaddr.process(ip)
  const bytes = address.toByteArray()
  return address.kind() === 'ipv4'
    ? `${bytes.slice(0, 3).join('.')}.0/24`
    : `${Buffer.from(bytes.slice(0, 6)).toString('hex')}/48`
}
