import { afterEach, describe, expect, test } from 'vitest'
import { createGuardedFetch, type GuardedFetch, type GuardedFetchOptions } from './guarded-fetch.ts'
import { type LocalServer, startServer } from './local-server.fixture.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function localServer(host = '127.0.0.1'): Promise<LocalServer> {
  const server = await startServer(host)
  closers.push(server.close)
  return server
}

function guarded(options: GuardedFetchOptions = {}): GuardedFetch {
  const made = createGuardedFetch(options)
  closers.push(made.close)
  return made
}

const refused = expect.objectContaining({ code: 'fetch.refused', status: 422 })

describe('names', () => {
  const publicAddress = { address: '93.184.215.14', family: 4 }
  const innerAddresses = [
    '127.0.0.1',
    '10.0.0.7',
    '169.254.169.254',
    '::1',
    '::ffff:127.0.0.1',
    'fd00::1',
    '64:ff9b::7f00:1',
  ]

  test.each(innerAddresses)('a name that resolves to %s is refused', async (address) => {
    const server = await localServer()
    const family = address.includes(':') ? 6 : 4
    const get = guarded({ resolver: async () => [{ address, family }] })
    await expect(get(`http://attacker.example:${server.port}/`)).rejects.toEqual(refused)
    expect(server.connections).toBe(0)
  })

  test('one inner address among public ones refuses them all', async () => {
    const server = await localServer()
    for (const addresses of [
      [publicAddress, { address: '127.0.0.1', family: 4 }],
      [{ address: '127.0.0.1', family: 4 }, publicAddress],
    ]) {
      const get = guarded({ resolver: async () => addresses })
      await expect(get(`http://attacker.example:${server.port}/`)).rejects.toEqual(refused)
    }
    expect(server.connections).toBe(0)
  })

  test('a name that changes its answer cannot slip in: each connection resolves once and dials that answer', async () => {
    const server = await localServer()
    server.answer = (_request, response) => response.writeHead(200, { connection: 'close' }).end('reached')
    const answers = ['127.0.0.1', '10.255.255.1']
    let asked = 0
    const get = guarded({
      allowPrivate: ({ address }) => address === '127.0.0.1',
      resolver: async () => [{ address: answers[asked++] ?? '127.0.0.1', family: 4 }],
    })
    const url = `http://rebinding.example:${server.port}/`
    expect(await (await get(url)).text()).toBe('reached')
    expect(asked).toBe(1)
    await expect(get(url)).rejects.toEqual(refused)
    expect([asked, server.connections]).toEqual([2, 1])
  })

  test('a name that does not resolve is a failure of the other side', async () => {
    const get = guarded({ resolver: () => Promise.reject(new Error('ENOTFOUND')) })
    await expect(get('http://nowhere.example/')).rejects.toMatchObject({ code: 'fetch.failed', status: 502 })
    await expect(guarded({ resolver: async () => [] })('http://nowhere.example/')).rejects.toEqual(refused)
  })

  test('the error names the host that was asked for and no address behind it', async () => {
    const get = guarded({ resolver: async () => [{ address: '10.11.12.13', family: 4 }] })
    const error: unknown = await get('http://intranet.example/').catch((caught: unknown) => caught)
    expect(String(error)).toContain('intranet.example')
    expect(JSON.stringify(error) + String(error)).not.toContain('10.11.12.13')
  })
})

describe('redirects', () => {
  async function redirecting(location: string, status = 302) {
    const server = await localServer()
    server.answer = (request, response) =>
      request.url === '/from' ? response.writeHead(status, { location }).end() : response.end('arrived')
    const get = guarded({ allowPrivate: ({ port }) => port === server.port })
    return { server, get, from: `http://127.0.0.1:${server.port}/from` }
  }

  test('to an inner address are refused and nothing is sent there', async () => {
    const inner = await localServer()
    for (const location of [
      `http://127.0.0.1:${inner.port}/`,
      `//127.0.0.1:${inner.port}/`,
      `http://localhost:${inner.port}/`,
      `http://0x7f.1:${inner.port}/`,
      'file:///etc/passwd',
      'http://user:password@example.com/',
    ]) {
      const { get, from } = await redirecting(location)
      await expect(get(from), location).rejects.toEqual(refused)
    }
    expect(inner.connections).toBe(0)
  })

  test('within what is allowed are followed, and the response says where it came from', async () => {
    const { get, from, server } = await redirecting('/to')
    const response = await get(from)
    expect(await response.text()).toBe('arrived')
    expect(response.url).toBe(`http://127.0.0.1:${server.port}/to`)
  })

  test('end after the limit', async () => {
    const { get, from, server } = await redirecting('/from')
    await expect(get(from)).rejects.toMatchObject({ code: 'fetch.too_many_redirects' })
    expect(server.requests).toHaveLength(4)
  })

  test('credentials do not follow to another origin, and do within one', async () => {
    const other = await localServer()
    const first = await localServer()
    first.answer = (request, response) =>
      response
        .writeHead(307, { location: request.url === '/a' ? '/b' : `http://127.0.0.1:${other.port}/c` })
        .end()
    const get = guarded({ allowPrivate: true })
    await get(`http://127.0.0.1:${first.port}/a`, {
      headers: { authorization: 'Bearer x', cookie: 'a=b', accept: 'text/html' },
    })
    expect(first.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer x', 'Bearer x'])
    expect(other.requests[0]?.headers).toMatchObject({ accept: 'text/html' })
    expect(other.requests[0]?.headers).not.toHaveProperty('authorization')
    expect(other.requests[0]?.headers).not.toHaveProperty('cookie')
  })

  test.each([
    [303, 'GET', ''],
    [302, 'GET', ''],
    [301, 'GET', ''],
    [307, 'POST', 'name=ada'],
    [308, 'POST', 'name=ada'],
  ])('%i turns a POST into a %s with the body %j', async (status, method, body) => {
    const { get, from, server } = await redirecting('/to', status)
    await get(from, { method: 'POST', body: new URLSearchParams({ name: 'ada' }) })
    expect(server.requests.map((request) => [request.method, request.body])).toEqual([
      ['POST', 'name=ada'],
      [method, body],
    ])
    expect(server.requests[1]?.headers['content-type'] === undefined).toBe(method === 'GET')
  })
})
