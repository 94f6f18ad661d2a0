import { createHmac } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type LocalServer, startServer } from '../../platform/fetch/local-server.fixture.ts'
import { signUp } from '../../testing/test-app.ts'
import { deliveryRetries } from './actions/deliver-webhook.ts'
import { setQueueStage } from './queued-calls.fixture.ts'

const stage = setQueueStage()
let receiver: LocalServer
let hook: string
const secrets: string[] = []

async function newSecret(): Promise<string> {
  const { status, body } = await stage.ada.call<{ secret: string }>(
    'POST',
    '/api/v1/queued-calls/webhook-secret',
  )
  expect(status).toBe(201)
  secrets.push(body.secret)
  return body.secret
}

beforeAll(async () => {
  receiver = await startServer('127.0.0.1')
  hook = `http://hooks.example.com:${receiver.port}/of-ada?token=in-the-address`
})
beforeEach(async () => {
  if (secrets.length === 0) await newSecret()
  receiver.requests.length = 0
  receiver.answer = (_request, response) => response.end('ok')
})
afterEach(() => stage.on.platform.clock.set(new Date()))
afterAll(() => receiver.close())

/** As the specification of Standard Webhooks says it, from the receiver's side. */
function verify(secret: string, { headers, body }: LocalServer['requests'][number]): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`
  const expected = createHmac('sha256', key).update(content).digest('base64')
  return String(headers['webhook-signature'])
    .split(' ')
    .some((one) => one === `v1,${expected}`)
}

async function answered(webhook = hook, token = stage.ada.token): Promise<string> {
  const { response, id } = await stage.queue({ token, headers: { 'x-freehold-webhook': webhook } })
  expect(response.status).toBe(202)
  await stage.run('answer-call', id)
  return id
}

const webhookOf = async (id: string) => (await stage.find(id)).body.webhook

test('the answer is delivered, signed so that Standard Webhooks verifies it, and once', async () => {
  stage.provider.script({ kind: 'answer', text: 'Delivered.' })
  const id = await answered()
  expect(await webhookOf(id)).toMatchObject({ status: 'waiting', tries: 0, lastAnswer: null })
  await stage.run('deliver-webhook', id)
  const [request, ...others] = receiver.requests
  if (!request) throw new Error('Nothing came.')
  expect(others).toEqual([])
  expect(request).toMatchObject({ method: 'POST', url: '/of-ada?token=in-the-address' })
  expect(request.headers).toMatchObject({ 'webhook-id': id, 'content-type': 'application/json' })
  const at = Number(request.headers['webhook-timestamp']) * 1_000
  expect(Math.abs(at - stage.on.platform.clock.now().getTime())).toBeLessThan(300_000)
  const [secret = ''] = secrets
  expect(verify(secret, request)).toBe(true)
  expect(verify(secret, { ...request, body: `${request.body} ` })).toBe(false)
  expect(verify('whsec_AAAA', request)).toBe(false)
  expect(JSON.parse(request.body)).toMatchObject({
    type: 'queued_call.completed',
    data: { id, statusCode: 200, response: { choices: [{ message: { content: 'Delivered.' } }] } },
  })
  expect(await webhookOf(id)).toMatchObject({ status: 'delivered', tries: 1, lastAnswer: 200 })
  await stage.run('deliver-webhook', id)
  expect(receiver.requests).toHaveLength(1)
})

test('an error is delivered as an answer is', async () => {
  stage.provider.script({ kind: 'status', status: 400, body: { error: { message: 'No.' } } })
  const id = await answered()
  await stage.run('deliver-webhook', id)
  expect(JSON.parse(receiver.requests[0]?.body ?? '')).toMatchObject({
    type: 'queued_call.failed',
    data: { statusCode: 400, error: { code: 'provider_rejected' }, response: null },
  })
})

describe('a receiver', () => {
  test('that does not take it is asked again, with the same message, until it does', async () => {
    const id = await answered()
    receiver.answer = (_request, response) => response.writeHead(503).end()
    await expect(stage.run('deliver-webhook', id)).rejects.toThrow('503')
    expect(await webhookOf(id)).toMatchObject({ status: 'waiting', tries: 1, lastAnswer: 503 })
    receiver.answer = (_request, response) => response.end()
    await stage.run('deliver-webhook', id)
    expect(await webhookOf(id)).toMatchObject({ status: 'delivered', tries: 2, lastAnswer: 200 })
    const [first, second] = receiver.requests
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    expect(second?.body).toBe(first?.body)
  })

  test('that answers 410 is not asked again', async () => {
    const id = await answered()
    receiver.answer = (_request, response) => response.writeHead(410).end()
    await stage.run('deliver-webhook', id)
    await stage.run('deliver-webhook', id)
    expect(receiver.requests).toHaveLength(1)
    expect(await webhookOf(id)).toMatchObject({ status: 'stopped', tries: 1, lastAnswer: 410 })
  })

  test('that sends it elsewhere is not followed', async () => {
    const id = await answered()
    receiver.answer = (_request, response) => response.writeHead(307, { location: '/elsewhere' }).end()
    await expect(stage.run('deliver-webhook', id)).rejects.toThrow('307')
    expect(receiver.requests.map(({ url }) => url)).toEqual(['/of-ada?token=in-the-address'])
  })

  test('that never takes it is given up', async () => {
    const id = await answered()
    receiver.answer = (_request, response) => response.writeHead(500).end()
    for (let tries = 0; tries < deliveryRetries; tries++)
      await expect(stage.run('deliver-webhook', id)).rejects.toThrow('500')
    await stage.run('deliver-webhook', id)
    expect(await webhookOf(id)).toMatchObject({ status: 'failed', tries: deliveryRetries + 1 })
  })
})

describe('an address inside', () => {
  test.each([
    ['the loopback', 'https://127.0.0.1/x', 422],
    ['the loopback of IPv6', 'https://[::1]/x', 422],
    ['written as a number', 'https://2130706433/x', 422],
    ['the metadata of a cloud', 'http://169.254.169.254/latest', 422],
    ['a file', 'file:///etc/passwd', 422],
    ['with a password', 'https://a:b@example.com/', 422],
    ['no address', 'somewhere', 422],
  ])('is refused where it is named: %s', async (_, url, status) => {
    const { response } = await stage.queue({ headers: { 'x-freehold-webhook': url } })
    expect(response.status).toBe(status)
  })

  test('by a name is never dialed, and the delivery is stopped', async () => {
    const { on } = stage
    const id = await answered(`http://localhost:${receiver.port}/`)
    const connections = receiver.connections
    // The installation's own jobs, with the guard as it is in service.
    const job = on.modules
      .flatMap(({ jobs = [] }) => jobs)
      .find(({ name }) => name === 'queued-calls.deliver-webhook')
    const payload = { organizationId: stage.ada.organizationId, id }
    await job?.handle(payload, { jobId: id, signal: new AbortController().signal })
    expect(receiver.connections).toBe(connections)
    expect(await webhookOf(id)).toMatchObject({ status: 'stopped', tries: 1, lastAnswer: null })
  })
})

describe('the secret', () => {
  test('is shown once, to who may change the organization, and a webhook needs one', async () => {
    const { on, ada } = stage
    const bob = await signUp(on, 'Bob')
    const { response } = await stage.queue({ token: bob.token, headers: { 'x-freehold-webhook': hook } })
    expect(response.status).toBe(409)
    const path = '/api/v1/queued-calls/webhook-secret'
    expect((await ada.call('GET', path)).status).toBe(400)
    const member = await signUp(on, 'Eve')
    await ada.call('POST', `/api/v1/organizations/${ada.organizationId}/members`, {
      email: member.email,
      role: 'member',
    })
    const switched = await member.call<{ accessToken: string }>('POST', '/api/v1/auth/switch', {
      organizationId: ada.organizationId,
    })
    expect((await on.request('POST', path, { token: switched.body.accessToken })).status).toBe(403)
  })

  test('that is replaced signs for another day beside the new one', async () => {
    const before = secrets.at(-1) ?? ''
    const after = await newSecret()
    const first = await answered()
    await stage.run('deliver-webhook', first)
    expect([before, after].map((secret) => verify(secret, receiver.requests[0] ?? never()))).toEqual([
      true,
      true,
    ])
    // A session would have ended by then.
    const key = await stage.ada.call<{ key: string }>('POST', '/api/v1/api-keys', { name: 'of a test' })
    stage.on.platform.clock.advance(25 * 3_600_000)
    const second = await answered(hook, key.body.key)
    await stage.run('deliver-webhook', second)
    expect([before, after].map((secret) => verify(secret, receiver.requests[1] ?? never()))).toEqual([
      false,
      true,
    ])
    stage.on.platform.clock.set(new Date())
    const { body } = await stage.ada.call<{ data: { action: string }[] }>('GET', '/api/v1/activity')
    expect(body.data.map(({ action }) => action)).toContain('webhook_secret.rotate')
  })
})

test('neither secrets nor addresses, questions and answers are in the log or, unsealed, in the database', async () => {
  const { on, provider } = stage
  provider.script({ kind: 'answer', text: 'A canary answered.' })
  const canary = { messages: [{ role: 'user', content: 'A canary asked.' }] }
  const { id } = await stage.queue({ fields: canary, headers: { 'x-freehold-webhook': hook } })
  const rows = () =>
    on.platform.database.query(
      `select (select json_agg(c) from freehold.queued_calls c where id = $1)::text
        || (select json_agg(s) from freehold.webhook_secrets s)::text
        || (select json_agg(j.data) from pgboss.job j)::text as kept`,
      [id],
    )
  const before = String((await rows())[0]?.kept)
  await stage.run('answer-call', id)
  receiver.answer = (_request, response) => response.writeHead(500).end('no')
  await expect(stage.run('deliver-webhook', id)).rejects.toThrow('500')
  const found = [before, String((await rows())[0]?.kept), on.platform.logged.join('\n')].join('\n')
  expect(found.length).toBeGreaterThan(1_000)
  for (const word of ['canary', 'in-the-address', ...secrets, ...secrets.map((one) => one.slice(6))])
    expect(found).not.toContain(word)
})

function never(): never {
  throw new Error('Nothing came.')
}
