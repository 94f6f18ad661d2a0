import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { describe, expect, test } from 'vitest'
import { isPublicAddress } from './public-address.ts'

const inner = `
  0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.254
  168.63.129.16 169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1
  192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1
  239.255.255.255 240.0.0.1 255.255.255.254 255.255.255.255
  :: ::1 ::127.0.0.1 ::7f00:1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1
  64:ff9b::7f00:1 64:ff9b::8.8.8.8 64:ff9b::a9fe:a9fe 64:ff9b:1::7f00:1 100::1 2001::1 2001:0:7f00:1:: 2001:2::1
  2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1:: 2002:a9fe:a9fe::1 2002:808:808::1 3fff::1 4000::1 5f00::1 fc00::1
  fd00::1 fd00:ec2::254 fd12:3456:789a::1 fe80::1 fe80::1%eth0 fe80::a9fe:a9fe febf::1 fec0::1 ff02::1 ff0e::1
`
const outer = `
  1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 93.184.215.14 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1
  169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0
  223.255.255.255 2001:4860:4860::8888 2606:4700:4700::1111 2a00:1450:4001:81b::200e 2620:fe::fe
`
const list = (text: string) => text.trim().split(/\s+/)

describe('not public', () => {
  test.each(list(inner))('%s', (address) => expect(isPublicAddress(address)).toBe(false))
})

describe('public', () => {
  test.each(list(outer))('%s', (address) => expect(isPublicAddress(address)).toBe(true))
})

test.each([
  '',
  'localhost',
  '127.1',
  '2130706433',
  '0x7f.0.0.1',
  '010.0.0.1',
  '1.1.1.1.1',
  '[::1]',
  ' 8.8.8.8',
  '8.8.8.8 ',
])('%j, which is no address, is not public', (text) => expect(isPublicAddress(text)).toBe(false))

test('no IPv4 address gets through inside an IPv6 one', () => {
  fc.assert(
    fc.property(fc.ipV4(), (dotted) => {
      const [a = 0, b = 0, c = 0, d = 0] = ipaddr.IPv4.parse(dotted).octets
      const hex = `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
      const carriers = [
        `::${hex}`,
        `::ffff:${hex}`,
        `::ffff:0:${hex}`,
        `64:ff9b::${hex}`,
        `64:ff9b:1::${hex}`,
        `2002:${hex}::`,
      ]
      for (const address of [...carriers, `2001:0:${hex}::`])
        expect(isPublicAddress(address), address).toBe(false)
    }),
  )
})

test('an IPv6 address outside 2000::/3 is never public', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const [first = 0] = ipaddr.IPv6.parse(address).parts
      if (first < 0x2000 || first > 0x3fff) expect(isPublicAddress(address)).toBe(false)
    }),
    { numRuns: 1_000 },
  )
})
