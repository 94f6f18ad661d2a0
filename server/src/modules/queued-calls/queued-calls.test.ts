import { afterEach, describe, expect, test } from 'vitest'
import { signUp } from '../../testing/test-app.ts'
import type { Gateway } from '../gateway/index.ts'
import { answerCall } from './actions/answer-call.ts'
import { model, setQueueStage } from './queued-calls.fixture.ts'
import { createQueuedCalls } from './queued-calls.ts'

const stage = setQueueStage()
afterEach(() => stage.on.platform.clock.set(new Date()))
const dayMs = 86_400_000

async function newKey(): Promise<{ key: string; id: string }> {
  const { body } = await stage.ada.call<{ key: string; id: string }>('POST', '/api/v1/api-keys', {
    name: 'of a test',
  })
  return body
}

test('a queued call is accepted, waits, and is answered and billed as any other', async () => {
  const { on, provider } = stage
  const { response, id } = await stage.queue({ headers: { 'x-freehold-tag': 'nightly' } })
  expect(response.status).toBe(202)
  expect(response.headers.get('location')).toBe(`/api/v1/queued-calls/${id}`)
  expect(response.headers.get('preference-applied')).toBe('respond-async')
  expect(await response.json()).toEqual({ id, status: 'waiting', url: `/api/v1/queued-calls/${id}` })

  const waiting = await stage.find(id)
  expect(waiting.status).toBe(202)
  expect(Number(waiting.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(waiting.body).toMatchObject({ status: 'waiting', response: null, error: null })
  expect(provider.calls).toHaveLength(0)

  provider.script({ kind: 'answer', text: 'Good evening.', tokens: { prompt: 1_000, completion: 100 } })
  await stage.run('answer-call', id)
  const { status, body } = await stage.find(id)
  expect(status).toBe(200)
  expect(body).toMatchObject({
    status: 'completed',
    statusCode: 200,
    requestId: id,
    errorCode: null,
    response: { object: 'chat.completion', model, choices: [{ message: { content: 'Good evening.' } }] },
    error: null,
    webhook: null,
  })
  // 1,000 × 0.15 + 100 × 0.60 dollars a million.
  expect(await stage.records(id)).toEqual([
    { status: 'ok', error_code: null, cost: '210000', tag: 'nightly' },
  ])
  const [row] = await on.platform.database.query('select * from freehold.queued_calls where id = $1', [id])
  expect(row).toMatchObject({ request_sealed: null, tries: 1 })
  expect(JSON.stringify(row)).not.toContain('Good evening')
})

test('what went wrong is the result, with the status and the words it would have been answered with', async () => {
  const { provider } = stage
  const { id } = await stage.queue()
  provider.script({ kind: 'status', status: 400, body: { error: { message: 'No such tool.', code: 'bad' } } })
  await stage.run('answer-call', id)
  const { status, body } = await stage.find(id)
  expect(status).toBe(200)
  expect(body).toMatchObject({
    status: 'failed',
    statusCode: 400,
    errorCode: 'gateway.provider_rejected',
    response: null,
    error: { message: expect.stringContaining('No such tool.'), code: 'provider_rejected' },
  })
  expect(await stage.records(id)).toMatchObject([{ status: 'error', cost: '0' }])
})

describe('cancelled', () => {
  test('before it runs, it asks nobody and costs nothing', async () => {
    const { ada, provider } = stage
    const { id } = await stage.queue()
    const asked = provider.calls.length
    expect((await ada.call('DELETE', `/api/v1/queued-calls/${id}`)).status).toBe(204)
    await stage.run('answer-call', id)
    expect(provider.calls).toHaveLength(asked)
    expect(await stage.records(id)).toEqual([])
    expect(await stage.find(id)).toMatchObject({ status: 200, body: { status: 'cancelled', response: null } })
  })

  test('while it is being answered on another node, it leaves the provider, and is paid for what was written', async () => {
    const { ada, provider } = stage
    await ada.call('POST', '/api/v1/budgets', { window: 'day', limitUsd: '1' })
    const { id } = await stage.queue()
    const asked = provider.calls.length
    provider.script({ kind: 'hang', afterPieces: 3, text: 'one two three four five' })
    const answering = stage.run('answer-call', id)
    await expect.poll(() => provider.calls[asked]?.completionTokens, { timeout: 20_000 }).toBe(3)
    // What was written must have come here to be counted.
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect((await ada.call('DELETE', `/api/v1/queued-calls/${id}`)).status).toBe(204)
    await answering
    await provider.settled()
    expect(provider.calls[asked]?.state).toBe('aborted')
    expect(await stage.find(id)).toMatchObject({ status: 200, body: { status: 'cancelled', response: null } })
    const [record] = await stage.records(id)
    expect(record).toMatchObject({ status: 'aborted', error_code: 'queued_calls.cancelled' })
    expect(Number(record?.cost)).toBeGreaterThan(0)
    expect((await ada.call('GET', '/api/v1/budgets')).body).toMatchObject({
      data: [{ heldNanos: '0' }],
    })
    await stage.run('answer-call', id)
    expect(provider.calls).toHaveLength(asked + 1)
  })

  test('before its provider is asked, it is not asked', async () => {
    const { ada, on, provider } = stage
    const { id } = await stage.queue()
    const asked = provider.calls.length
    const gateway: Gateway = {
      ...on.gateway,
      async routingOf(caller) {
        expect((await ada.call('DELETE', `/api/v1/queued-calls/${id}`)).status).toBe(204)
        return on.gateway.routingOf(caller)
      },
    }
    const queued = createQueuedCalls({ ...on, gateway })
    await queued.running.start()
    const payload = { organizationId: ada.organizationId, id }
    await answerCall(queued, payload, new AbortController().signal)
    await queued.running.close()
    await provider.settled()
    expect(provider.calls.slice(asked).filter(({ state }) => state === 'finished')).toEqual([])
    expect(await stage.find(id)).toMatchObject({ status: 200, body: { status: 'cancelled', response: null } })
    expect(await stage.records(id)).toMatchObject([{ status: 'aborted', cost: '0' }])
  })

  test('after it has ended, it is removed with its answer', async () => {
    const { ada } = stage
    const { id } = await stage.queue()
    await stage.run('answer-call', id)
    expect((await ada.call('DELETE', `/api/v1/queued-calls/${id}`)).status).toBe(204)
    expect((await stage.find(id)).status).toBe(404)
  })
})

describe('it runs with the rights of then:', () => {
  test('a key that was revoked meanwhile fails it, and says so', async () => {
    const { ada, provider } = stage
    const { key, id: keyId } = await newKey()
    const { id } = await stage.queue({ token: key })
    const asked = provider.calls.length
    expect((await ada.call('DELETE', `/api/v1/api-keys/${keyId}`)).status).toBeLessThan(300)
    await stage.run('answer-call', id)
    expect(provider.calls).toHaveLength(asked)
    expect((await stage.find(id, key)).status).toBe(401)
    // Of the key's person.
    expect((await stage.find(id)).body).toMatchObject({
      status: 'failed',
      statusCode: 403,
      errorCode: 'queued_calls.rights_withdrawn',
      error: { message: expect.stringContaining('revoked') },
    })
    const list = await ada.call<{ data: { id: string }[] }>('GET', '/api/v1/queued-calls')
    expect(list.body.data.find((one) => one.id === id)).toMatchObject({ status: 'failed', apiKeyId: keyId })
  })

  test('so does having left the organization, and the call goes with its person', async () => {
    const { ada, on, provider } = stage
    const eve = await signUp(on, 'Eve')
    const path = `/api/v1/organizations/${ada.organizationId}/members`
    await ada.call('POST', path, { email: eve.email, role: 'member' })
    const switched = await eve.call<{ accessToken: string }>('POST', '/api/v1/auth/switch', {
      organizationId: ada.organizationId,
    })
    const { id } = await stage.queue({ token: switched.body.accessToken })
    expect((await stage.find(id, switched.body.accessToken)).status).toBe(202)
    const asked = provider.calls.length
    expect((await ada.call('DELETE', `${path}/${eve.userId}`)).status).toBe(204)
    await stage.run('answer-call', id)
    expect(provider.calls).toHaveLength(asked)
    expect(
      await on.platform.database.query('select 1 from freehold.queued_calls where id = $1', [id]),
    ).toEqual([])
  })

  test('a budget that is used up by then makes it a 402', async () => {
    const { on } = stage
    const bob = await signUp(on, 'Bob')
    const { id } = await stage.queue({ token: bob.token })
    const made = await bob.call('POST', '/api/v1/budgets', {
      window: 'day',
      limitUsd: '0.000001',
    })
    expect(made.status).toBe(201)
    await stage.run('answer-call', id)
    expect((await stage.find(id, bob.token)).body).toMatchObject({
      status: 'failed',
      statusCode: 402,
      error: { type: 'insufficient_quota', message: expect.stringContaining('day budget') },
    })
  })

  test('a limit that is reached is waited out, and the call is answered then', async () => {
    const { on } = stage
    const bob = await signUp(on, 'Bob')
    const [first, second] = [await stage.queue({ token: bob.token }), await stage.queue({ token: bob.token })]
    await bob.call('POST', '/api/v1/limits', { requestsPerMinute: 1 })
    await stage.run('answer-call', first.id)
    await stage.run('answer-call', second.id)
    expect(await stage.find(second.id, bob.token)).toMatchObject({ status: 202, body: { status: 'waiting' } })
    const sent = await on.platform.database.query(
      `select start_after > now() as later from pgboss.job
       where name = 'queued-calls.answer-call' and data->>'id' = $1 order by created_on`,
      [second.id],
    )
    expect(sent.map(({ later }) => later)).toEqual([false, true])
    on.platform.clock.advance(61_000)
    await stage.run('answer-call', second.id)
    expect((await stage.find(second.id, bob.token)).body.status).toBe('completed')
  })
})

describe('a job that comes again', () => {
  test('after it was done does nothing', async () => {
    const { provider } = stage
    const { id } = await stage.queue()
    await stage.run('answer-call', id)
    const asked = provider.calls.length
    await stage.run('answer-call', id)
    expect(provider.calls).toHaveLength(asked)
    expect(await stage.records(id)).toHaveLength(1)
  })

  test('after its process was killed before it could say that it was done, bills once', async () => {
    const { on, provider } = stage
    const bob = await signUp(on, 'Bob')
    await bob.call('POST', '/api/v1/budgets', { window: 'day', limitUsd: '1' })
    const { id } = await stage.queue({ token: bob.token })
    const answer = { kind: 'answer', text: 'Again.', tokens: { prompt: 1_000, completion: 100 } } as const
    provider.script(answer, answer)
    const asked = provider.calls.length
    const { database } = on.platform
    const [before] = await database.query('select request_sealed from freehold.queued_calls where id = $1', [
      id,
    ])
    await stage.run('answer-call', id)
    await database.query(
      `update freehold.queued_calls set status = 'running', request_sealed = $2, result_sealed = null where id = $1`,
      [id, before?.request_sealed],
    )
    await stage.run('answer-call', id)
    expect(provider.calls).toHaveLength(asked + 2)
    expect((await stage.find(id, bob.token)).body.status).toBe('completed')
    expect(await stage.records(id)).toMatchObject([{ status: 'ok', cost: '210000' }])
    await on.gateway.platform.gate.settled(bob.organizationId)
    expect((await bob.call('GET', '/api/v1/budgets')).body).toMatchObject({
      data: [{ settledNanos: '210000', heldNanos: '0' }],
    })
  })

  test('because the server stopped in the middle is another call, with a record of its own', async () => {
    const { provider } = stage
    const { id } = await stage.queue()
    const stopping = new AbortController()
    const before = provider.calls.length
    provider.script({ kind: 'hang' })
    const stopped = stage.run('answer-call', id, stopping.signal)
    stopped.catch(() => {})
    await expect.poll(() => provider.calls.length, { timeout: 20_000, interval: 10 }).toBe(before + 1)
    stopping.abort(new Error('The server is stopping.'))
    await expect(stopped).rejects.toThrow()
    expect((await stage.find(id)).body).toMatchObject({ status: 'waiting' })
    await stage.run('answer-call', id)
    const { body } = await stage.find(id)
    expect(body.status).toBe('completed')
    expect(body.requestId).not.toBe(id)
    expect(await stage.records(id)).toMatchObject([{ status: 'aborted' }])
    expect(await stage.records(body.requestId)).toMatchObject([{ status: 'ok' }])
  })
})

describe('nobody else', () => {
  test('of another organization finds or cancels it', async () => {
    const { on } = stage
    const { id } = await stage.queue()
    const mallory = await signUp(on, 'Mallory')
    expect((await stage.find(id, mallory.token)).status).toBe(404)
    expect((await mallory.call('DELETE', `/api/v1/queued-calls/${id}`)).status).toBe(404)
    expect((await mallory.call('GET', '/api/v1/queued-calls')).body).toEqual({ data: [], nextCursor: null })
    expect((await stage.find(id)).status).toBe(202)
  })

  test('of the same organization reads it; who may read all usage sees that it is there', async () => {
    const { ada, on } = stage
    const eve = await signUp(on, 'Eve')
    await ada.call('POST', `/api/v1/organizations/${ada.organizationId}/members`, {
      email: eve.email,
      role: 'member',
    })
    const switched = await eve.call<{ accessToken: string }>('POST', '/api/v1/auth/switch', {
      organizationId: ada.organizationId,
    })
    const token = switched.body.accessToken
    const { id } = await stage.queue({ token })
    const own = await stage.queue()
    const list = async (as: string, query = '') => {
      const answer = await on.request('GET', `/api/v1/queued-calls${query}`, { token: as })
      // The contract of the list.
      return (await answer.json()) as { data: { id: string }[]; nextCursor: string | null }
    }
    expect((await list(token)).data.map((one) => one.id)).toEqual([id])
    expect((await stage.find(own.id, token)).status).toBe(404)
    expect((await stage.find(id)).status).toBe(404)
    const first = await list(ada.token, '?limit=1')
    expect(first.data.map((one) => one.id)).toEqual([own.id])
    const second = await list(ada.token, `?limit=1&cursor=${first.nextCursor}`)
    expect(second.data.map((one) => one.id)).toEqual([id])
  })

  test('but its person reads what one of their keys has queued', async () => {
    const { ada } = stage
    const { body } = await ada.call<{ key: string }>('POST', '/api/v1/api-keys', { name: 'own' })
    const { id } = await stage.queue({ token: body.key })
    expect((await stage.find(id, body.key)).status).toBe(202)
  })
})

test('after 24 hours it is gone, says so, and nothing that was asked or answered is there', async () => {
  const { on } = stage
  // A session would have ended by then.
  const { key: token } = await newKey()
  const [answered, waiting] = [await stage.queue({ token }), await stage.queue({ token })]
  await stage.run('answer-call', answered.id)
  on.platform.clock.advance(dayMs - 60_000)
  expect((await stage.find(answered.id, token)).status).toBe(200)
  on.platform.clock.advance(120_000)
  for (const { id } of [answered, waiting]) {
    const { status, body } = await stage.find(id, token)
    expect({ status, body }).toMatchObject({ status: 410, body: { error: { code: 'queued_calls.expired' } } })
  }
  const asked = stage.provider.calls.length
  await stage.run('answer-call', waiting.id)
  expect(stage.provider.calls).toHaveLength(asked)
  const kept = () =>
    on.platform.database.query(
      `select request_sealed, result_sealed, webhook_sealed from freehold.queued_calls where id = any($1)`,
      [[answered.id, waiting.id]],
    )
  await stage.run('delete-expired')
  const empty = { request_sealed: null, result_sealed: null, webhook_sealed: null }
  expect(await kept()).toEqual([empty, empty])
  on.platform.clock.advance(31 * dayMs)
  await stage.run('delete-expired')
  expect(await kept()).toEqual([])
  expect((await stage.find(answered.id, token)).status).toBe(404)
})

test('a stream cannot be fetched later, and what is no chat is refused at once', async () => {
  expect((await stage.queue({ fields: { stream: true } })).response.status).toBe(400)
  expect((await stage.queue({ fields: { messages: [] } })).response.status).toBe(400)
  expect((await stage.queue({ headers: { 'x-freehold-tag': 'a'.repeat(500) } })).response.status).toBe(400)
})

test('another preference changes nothing, and the same Idempotency-Key queues one call', async () => {
  const { on, ada } = stage
  const plain = await stage.queue({ headers: { prefer: 'wait=10, handling=strict' } })
  expect(plain.response.status).toBe(200)
  const key = { 'idempotency-key': `once-${ada.userId}` }
  const [first, second] = [await stage.queue({ headers: key }), await stage.queue({ headers: key })]
  expect(second.response.status).toBe(202)
  expect(second.response.headers.get('location')).toBe(first.response.headers.get('location'))
  expect(
    await on.platform.database.query('select 1 from freehold.queued_calls where id = any($1)', [
      [first.id, second.id],
    ]),
  ).toHaveLength(1)
})
