import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createGuardedFetch } from '../../../../platform/fetch/index.ts'
import { type LocalServer, startServer } from '../../../../platform/fetch/local-server.fixture.ts'
import { createWebReader, type WebReader } from './web-reader.ts'

let server: LocalServer
let now = new Date('2026-01-01T00:00:00Z')
/** Every name leads to the local server, which the guard lets through here. */
let web: WebReader
const open: WebReader[] = []
const never = new AbortController().signal

function reader(allowPrivate: boolean): WebReader {
  const resolver = async () => [{ address: '127.0.0.1', family: 4 }]
  const made = createWebReader(createGuardedFetch({ allowPrivate, resolver }), { now: () => now })
  open.push(made)
  return made
}
const at = (path: string, host = 'site.example'): string => `http://${host}:${server.port}${path}`
const refused = (code: string) => expect.objectContaining({ code })

/** Answers by path: a status, headers and a body; anything else is not found. */
function serve(
  pages: Record<string, { status?: number; headers?: Record<string, string>; body?: string | Buffer }>,
) {
  server.answer = (request, response) => {
    const page = pages[request.url ?? '']
    if (!page) return response.writeHead(404).end()
    response.writeHead(page.status ?? 200, page.headers ?? {}).end(page.body ?? '')
  }
}

beforeAll(async () => {
  server = await startServer('127.0.0.1')
})
beforeEach(() => {
  web = reader(true)
  server.requests.length = 0
  now = new Date('2026-01-01T00:00:00Z')
})
afterAll(async () => {
  for (const one of open) await one.close()
  await server.close()
})

test('a page comes with its type, its version, and its text as UTF-8', async () => {
  const headers = {
    'content-type': 'text/html; charset=iso-8859-1',
    etag: '"1"',
    'last-modified': 'yesterday',
  }
  serve({ '/a': { headers, body: Buffer.from('<p>Köln</p>', 'latin1') } })
  const page = await web.read(at('/a#part'), undefined, never)
  expect(page).toMatchObject({ url: at('/a'), mediaType: 'text/html', etag: '"1"', modified: 'yesterday' })
  expect(Buffer.from(page?.bytes ?? []).toString()).toBe('<p>Köln</p>')
  expect(server.requests.every(({ headers }) => headers['user-agent'] === 'Freehold')).toBe(true)
})

test('what robots.txt disallows is not asked for, for an hour from one reading', async () => {
  serve({
    '/robots.txt': { body: 'User-agent: *\nDisallow: /private\n\nUser-agent: Freehold\nDisallow: /ours' },
    '/ours': { body: 'x' },
    '/private': { body: 'x' },
  })
  await expect(web.read(at('/ours'), undefined, never)).rejects.toEqual(refused('knowledge.url_disallowed'))
  expect(await web.read(at('/private'), undefined, never)).toBeDefined()
  expect(server.requests.map(({ url }) => url)).toEqual(['/robots.txt', '/private'])
  now = new Date(now.getTime() + 3_600_001)
  await web.read(at('/private'), undefined, never)
  expect(server.requests.filter(({ url }) => url === '/robots.txt')).toHaveLength(2)
})

test('a site whose robots.txt fails is not read', async () => {
  serve({ '/robots.txt': { status: 503 }, '/a': { body: 'x' } })
  await expect(web.read(at('/a'), undefined, never)).rejects.toEqual(refused('knowledge.url_disallowed'))
})

test('each hop of a redirect is asked for at its own site, and there are three at most', async () => {
  serve({
    '/robots.txt': { body: 'User-agent: *\nDisallow: /secret' },
    '/go': { status: 302, headers: { location: at('/secret', 'other.example') } },
    '/loop': { status: 301, headers: { location: '/loop' } },
  })
  await expect(web.read(at('/go'), undefined, never)).rejects.toEqual(refused('knowledge.url_disallowed'))
  expect(server.requests.map(({ url, headers }) => `${headers.host?.split(':')[0]}${url}`)).toEqual([
    'site.example/robots.txt',
    'site.example/go',
    'other.example/robots.txt',
  ])
  await expect(web.read(at('/loop'), undefined, never)).rejects.toEqual(refused('knowledge.url_unavailable'))
  expect(server.requests.filter(({ url }) => url === '/loop')).toHaveLength(4)
})

test('a page that has not changed comes as undefined, by either of its versions', async () => {
  server.answer = (request, response) => {
    const { 'if-none-match': etag, 'if-modified-since': since } = request.headers
    response.writeHead(etag === '"1"' || since === 'then' ? 304 : request.url === '/a' ? 200 : 404).end('x')
  }
  const read = (etag: string | null, modified: string | null) => web.read(at('/a'), { etag, modified }, never)
  expect(await read('"1"', null)).toBeUndefined()
  expect(await read(null, 'then')).toBeUndefined()
  expect(await read('"0"', null)).toBeDefined()
})

test('an error of the server is told with its status', async () => {
  serve({})
  await expect(web.read(at('/gone'), undefined, never)).rejects.toMatchObject({
    code: 'knowledge.url_unavailable',
    message: expect.stringMatching(/answered 404/),
  })
})

test.each([
  'http://127.0.0.1/',
  'http://[::ffff:10.0.0.1]/',
  'http://2130706433/',
  'http://169.254.169.254/latest/meta-data',
  'file:///etc/passwd',
  'http://user:secret@site.example/',
  'gopher://site.example/',
])('%s is refused', async (url) => {
  await expect(web.read(url, undefined, never)).rejects.toEqual(refused('fetch.refused'))
})

test('no packet goes to an address that is not public, neither for robots.txt nor for the page nor for a redirect', async () => {
  const guarded = reader(false)
  const before = server.connections
  await expect(guarded.read(at('/a'), undefined, never)).rejects.toEqual(refused('fetch.refused'))
  expect(server.connections).toBe(before)
  serve({ '/a': { status: 302, headers: { location: `http://127.0.0.1:${server.port}/inner` } } })
  await expect(web.read(at('/a'), undefined, never)).rejects.toEqual(refused('fetch.refused'))
  expect(server.requests.map(({ url }) => url)).not.toContain('/inner')
})
