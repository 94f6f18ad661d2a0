import { gzipSync } from 'node:zlib'
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

describe('limits', () => {
  async function serving(answer: LocalServer['answer'], options: GuardedFetchOptions = {}) {
    const server = await localServer()
    server.answer = answer
    return {
      server,
      fetchIt: (init?: RequestInit) =>
        guarded({ allowPrivate: true, ...options })(`http://127.0.0.1:${server.port}/`, init),
    }
  }

  test('a body announced as too large is refused before it is read', async () => {
    const { fetchIt } = await serving(
      (_request, response) => response.writeHead(200, { 'content-length': '1001' }).end('x'),
      { maxBytes: 1_000 },
    )
    await expect(fetchIt()).rejects.toMatchObject({ code: 'fetch.too_large' })
  })

  test('a body that grows too large is cut while it streams', async () => {
    let writtenBytes = 0
    const { fetchIt } = await serving(
      (_request, response) => {
        const write = () => {
          while (!response.destroyed && writtenBytes < 50_000_000) {
            writtenBytes += 10_000
            if (!response.write(Buffer.alloc(10_000))) return response.once('drain', write)
          }
          return response.end()
        }
        write()
      },
      { maxBytes: 100_000 },
    )
    await expect((await fetchIt()).arrayBuffer()).rejects.toMatchObject({ code: 'fetch.too_large' })
    expect(writtenBytes).toBeLessThan(50_000_000)
  })

  test('a small packed body that unpacks to a large one is cut too', async () => {
    const packed = gzipSync(Buffer.alloc(10_000_000))
    const { fetchIt } = await serving(
      (_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed),
      { maxBytes: 100_000 },
    )
    expect(packed.length).toBeLessThan(100_000)
    await expect((await fetchIt()).arrayBuffer()).rejects.toMatchObject({ code: 'fetch.too_large' })
  })

  test('a body of exactly the limit comes whole', async () => {
    const { fetchIt } = await serving((_request, response) => response.end(Buffer.alloc(1_000)), {
      maxBytes: 1_000,
    })
    expect((await (await fetchIt()).arrayBuffer()).byteLength).toBe(1_000)
  })

  test('a server that never answers is given up', async () => {
    const { fetchIt } = await serving(() => {}, { timeoutMs: 50 })
    await expect(fetchIt()).rejects.toMatchObject({ code: 'fetch.timeout', status: 504 })
  })

  test('a body that trickles is given up when the whole time is over', async () => {
    const { fetchIt } = await serving((_request, response) => response.write('begun'), { timeoutMs: 100 })
    await expect((await fetchIt()).text()).rejects.toMatchObject({ code: 'fetch.timeout' })
  })

  test('a resolver that hangs is given up', async () => {
    const get = guarded({ timeoutMs: 50, resolver: () => new Promise(() => {}) })
    await expect(get('http://slow.example/')).rejects.toMatchObject({ code: 'fetch.timeout' })
  })

  test('a connection that breaks in the body is a failure of the other side', async () => {
    const { fetchIt } = await serving((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('part')
      setImmediate(() => response.destroy())
    })
    await expect((await fetchIt()).text()).rejects.toMatchObject({ code: 'fetch.failed', status: 502 })
  })

  test("the caller's own abort is thrown as it is", async () => {
    const controller = new AbortController()
    const { fetchIt } = await serving(() => controller.abort(new Error('changed my mind')))
    await expect(fetchIt({ signal: controller.signal })).rejects.toThrow('changed my mind')
  })
})

test('method, headers, body and answer pass through; the host header is the URL’s', async () => {
  const server = await localServer()
  server.answer = (_request, response) => response.writeHead(201, { 'x-answer': 'yes' }).end('{"a":1}')
  const response = await guarded({ allowPrivate: true })(`http://127.0.0.1:${server.port}/path?q=1`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', host: 'other.example' },
    body: '{}',
  })
  expect([response.status, response.headers.get('x-answer'), await response.json()]).toEqual([
    201,
    'yes',
    { a: 1 },
  ])
  expect(server.requests[0]).toMatchObject({ method: 'PUT', url: '/path?q=1', body: '{}' })
  expect(server.requests[0]?.headers).toMatchObject({
    'content-type': 'application/json',
    host: `127.0.0.1:${server.port}`,
  })
})

test('answers without a body are answers', async () => {
  const server = await localServer()
  server.answer = (_request, response) => response.writeHead(204).end()
  const response = await guarded({ allowPrivate: true })(`http://127.0.0.1:${server.port}/`)
  expect([response.status, await response.text()]).toEqual([204, ''])
})
