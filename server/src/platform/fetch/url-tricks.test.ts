import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createGuardedFetch } from './guarded-fetch.ts'
import { type LocalServer, startServer } from './local-server.fixture.ts'

const refused = expect.objectContaining({ code: 'fetch.refused', status: 422 })

const hasIpv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ family }) => family === 'IPv6'),
)

describe('a hundred ways to name an inner address', () => {
  // One server on every interface, both families: whatever leads to this machine would reach it.
  let server: LocalServer
  beforeAll(async () => {
    server = await startServer(hasIpv6 ? '::' : '0.0.0.0')
  })
  afterAll(() => server.close())

  // Each reaches this machine when nothing guards; proven below with the guard off.
  const reaching = [
    'http://127.0.0.1:PORT/',
    'http://127.0.0.1.:PORT/',
    'http://127.1:PORT/',
    'http://127.0.1:PORT/',
    'http://127.000.000.001:PORT/',
    'http://2130706433:PORT/',
    'http://017700000001:PORT/',
    'http://0x7f000001:PORT/',
    'http://0X7F000001:PORT/',
    'http://0x7f.1:PORT/',
    'http://0x7f.0x0.0x0.0x1:PORT/',
    'http://0177.0.0.1:PORT/',
    'http://0177.0.0x1:PORT/',
    'http://00000000177.1:PORT/',
    'http://127.0x000001:PORT/',
    'http://127。0。0。1:PORT/',
    'http://127．0．0．1:PORT/',
    'http://127｡0｡0｡1:PORT/',
    'http://①②⑦.0.0.1:PORT/',
    'http://１２７.０.０.１:PORT/',
    'http://%31%32%37.0.0.1:PORT/',
    'http://127.0.0.%31:PORT/',
    'http://127%2e0%2e0%2e1:PORT/',
    'http://0.0.0.0:PORT/',
    'http://0:PORT/',
    'http://0x0:PORT/',
    'http://[::1]:PORT/',
    'http://[::]:PORT/',
    'http://[0:0:0:0:0:0:0:1]:PORT/',
    'http://[0000:0000:0000:0000:0000:0000:0000:0001]:PORT/',
    'http://[::0.0.0.1]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://[::ffff:7f00:1]:PORT/',
    'http://[::FFFF:7F00:0001]:PORT/',
    'http://[0:0:0:0:0:ffff:127.0.0.1]:PORT/',
    'http:127.0.0.1:PORT/',
    'http:/127.0.0.1:PORT/',
    'http:\\\\127.0.0.1:PORT\\',
    'http:////127.0.0.1:PORT/',
    'HTTP://127.0.0.1:PORT/',
    ' http://127.0.0.1:PORT/ ',
    'h\nttp://127.\t0.0.1:PORT/',
    'http://127.0.0.1:PORT/?http://example.com/',
    'http://127.0.0.1:PORT/#@example.com/',
    'http://127.0.0.1:PORT\\@example.com/',
    'http://localhost:PORT/',
    'http://LOCALHOST:PORT/',
    'http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:PORT/',
    'http://local%68ost:PORT/',
  ]
  const unreachable = [
    'http://127.8.9.10:PORT/',
    'https://127.0.0.1:PORT/',
    'https://[::1]:PORT/',
    'http://127.0.0.1/',
    'http://10.0.0.1:PORT/',
    'http://10.1:PORT/',
    'http://167772161:PORT/',
    'http://0xa000001:PORT/',
    'http://012.0.0.1:PORT/',
    'http://172.16.0.1:PORT/',
    'http://192.168.0.1:PORT/',
    'http://192.168.1:PORT/',
    'http://3232235521:PORT/',
    'http://0xc0.0xa8.0.1:PORT/',
    'http://100.64.0.1:PORT/',
    'http://100.100.100.200/latest/meta-data/',
    'http://169.254.169.254/latest/meta-data/',
    'http://169.254.43518/latest/meta-data/',
    'http://2852039166/latest/meta-data/',
    'http://0xa9fea9fe/latest/meta-data/',
    'http://0251.0376.0251.0376/latest/meta-data/',
    'http://0xA9.0xFE.0xA9.0xFE/computeMetadata/v1/',
    'http://169.254.170.2/v2/credentials',
    'http://168.63.129.16/machine',
    'http://192.0.0.192/opc/v2/',
    'http://[fd00:ec2::254]/latest/meta-data/',
    'http://[::ffff:a9fe:a9fe]/latest/meta-data/',
    'http://[::ffff:169.254.169.254]/latest/meta-data/',
    'http://[64:ff9b::a9fe:a9fe]/latest/meta-data/',
    'http://[64:ff9b::7f00:1]:PORT/',
    'http://[64:ff9b:1::7f00:1]:PORT/',
    'http://[2002:7f00:1::]:PORT/',
    'http://[2002:a9fe:a9fe::]/',
    'http://[2001:0:7f00:1::]:PORT/',
    'http://[2001:0000:4136:e378:8000:63bf:80ff:fffe]/',
    'http://[::7f00:1]:PORT/',
    'http://[::ffff:0:7f00:1]:PORT/',
    'http://[fe80::1]:PORT/',
    'http://[fec0::1]:PORT/',
    'http://[fc00::1]:PORT/',
    'http://[ff02::1]:PORT/',
    'http://224.0.0.1:PORT/',
    'http://255.255.255.255:PORT/',
    'http://240.0.0.1:PORT/',
    'http://198.18.0.1:PORT/',
    'http://192.0.2.1:PORT/',
    'http://203.0.113.7:PORT/',
    'http://0.1.2.3:PORT/',
    'http://user@127.0.0.1:PORT/',
    'http://user:password@example.com/',
    'http://example.com@127.0.0.1:PORT/',
    'http://example.com:80@127.0.0.1:PORT/',
    'http://:@127.0.0.1:PORT/',
    'http://127.0.0.1%00.example.com:PORT/',
    'http://[::1%25lo]:PORT/',
    'http://[fe80::1%25eth0]:PORT/',
    'http://[127.0.0.1]:PORT/',
    'http://256.256.256.256:PORT/',
    'http://127.0.0.1.256:PORT/',
    'http://0x100000000:PORT/',
    'http://:PORT/',
    'http://',
    '//127.0.0.1:PORT/',
    '/etc/passwd',
    '127.0.0.1:PORT',
    '',
    'file:///etc/passwd',
    'ftp://127.0.0.1:PORT/',
    'gopher://127.0.0.1:PORT/_GET',
    'data:text/plain,hello',
    'blob:http://127.0.0.1:PORT/1',
    'javascript:1',
    'ws://127.0.0.1:PORT/',
    'unix:/var/run/docker.sock',
    'http+unix://%2Fvar%2Frun%2Fdocker.sock/',
    'view-source:http://127.0.0.1:PORT/',
    'jar:http://127.0.0.1:PORT/!/',
  ]

  test(`${reaching.length + unreachable.length} URLs are refused and not one packet is sent`, async () => {
    const get = createGuardedFetch()
    expect(reaching.length + unreachable.length).toBeGreaterThan(100)
    const before = server.connections
    for (const trick of [...reaching, ...unreachable]) {
      const url = trick.replaceAll('PORT', String(server.port))
      await expect(get(url), url).rejects.toEqual(refused)
    }
    expect(server.connections - before).toBe(0)
    await get.close()
  })

  test('without the guard the same server is reached, so the test above can fail', async () => {
    const get = createGuardedFetch({ allowPrivate: true })
    for (const trick of reaching.filter((url) => hasIpv6 || !url.includes('['))) {
      const url = trick.replaceAll('PORT', String(server.port))
      expect(await (await get(url)).text(), url).toBe('reached')
    }
    await get.close()
  })
})
