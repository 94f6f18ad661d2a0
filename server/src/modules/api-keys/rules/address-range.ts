import ipaddr from 'ipaddr.js'

/** An address or range as PostgreSQL writes it: `203.0.113.7` is `203.0.113.7/32`. Undefined when it is neither. */
export function toAddressRange(value: string): string | undefined {
  const [written = '', bits] = value.split('/', 2)
  // Without this, `10.1` would be taken for 10.0.0.1 and `0x7f.1` for 127.0.0.1.
  if (!written.includes(':') && !ipaddr.IPv4.isValidFourPartDecimal(written)) return undefined
  try {
    if (bits === undefined) {
      const address = ipaddr.process(value)
      return `${address.toString()}/${address.kind() === 'ipv4' ? 32 : 128}`
    }
    const [network, length] = ipaddr.parseCIDR(value)
    const first =
      network.kind() === 'ipv4'
        ? ipaddr.IPv4.networkAddressFromCIDR(value)
        : ipaddr.IPv6.networkAddressFromCIDR(value)
    return `${first.toString()}/${length}`
  } catch {
    return undefined
  }
}
