import { beforeEach, describe, expect, test } from 'vitest'
import {
  contextTooLong,
  type FakeBehaviour,
  htmlError,
  rateLimited,
  serverError,
  wrongKey,
} from '../../testing/fake-provider/behaviours.ts'
import { setStage } from './routing.fixture.ts'

const stage = setStage()
const cheap = 'openai/gpt-4o-mini'
const dear = 'openai/gpt-4.1-nano'

/** An alias of two models of one provider and a third of another. */
beforeEach(async () => {
  const targets = [{ model: cheap, timeoutMs: 300 }, { model: dear }, { model: 'local/extractive' }]
  const { status } = await stage.makeAlias({ name: 'fast', targets })
  expect(status).toBe(201)
  asked = stage.first.calls.length
})

let asked = 0
const modelsAsked = () => stage.first.calls.slice(asked).map(({ body }) => body.model)

const refusedContent: FakeBehaviour = {
  kind: 'status',
  status: 400,
  body: { error: { message: 'The response was filtered.', code: 'content_filter', type: 'invalid_request' } },
}

const failures: [string, FakeBehaviour, string][] = [
  ['a 500', serverError(500), 'unavailable'],
  ['a page of its proxy', htmlError(502), 'unavailable'],
  ['a 429', rateLimited('7'), 'rate_limited'],
  ['a refused key', wrongKey('sk-or-test-key'), 'authentication'],
  ['a context that is too short', contextTooLong(), 'context_too_long'],
  ['a content filter', refusedContent, 'content_refused'],
  ['a first byte that is late', { kind: 'hang' }, 'timeout'],
  ['a connection that breaks', { kind: 'cut', afterPieces: 0 }, 'stream_cut'],
  ['an answer that is none', { kind: 'raw', writes: ['{'], contentType: 'application/json' }, 'bad_response'],
]

describe('before the first byte', () => {
  test.each(failures)('%s takes the call to the next model, whole', async (_, behaviour, reason) => {
    stage.first.script(behaviour)
    const { response, requestId } = await stage.chat()
    expect(response.status).toBe(200)
    expect(modelsAsked()).toEqual([cheap, dear])
    const record = await stage.record(requestId)
    expect(record).toMatchObject({ model: dear, alias: 'fast', fallback: true, status: 'ok' })
    expect(record.attempts.map(({ model, outcome, reason: why }) => [model, outcome, why])).toEqual([
      [cheap, 'failed', reason],
      [dear, 'answered', null],
    ])
  })

  test.each(failures)('%s takes the call to the next model, streamed', async (_, behaviour, reason) => {
    stage.first.script(behaviour)
    const { response, requestId } = await stage.chat({ stream: true })
    expect(response.status).toBe(200)
    const text = await response.text()
    expect(text).toContain('data: [DONE]')
    expect(text).not.toContain('"error"')
    await expect
      .poll(() => stage.record(requestId).catch(() => undefined), { timeout: 5_000 })
      .toMatchObject({ model: dear, fallback: true, status: 'ok', attempts: [{ reason }, { reason: null }] })
  })
})

describe('after the first byte', () => {
  test('nothing is tried again, and what was written is paid for', async () => {
    stage.first.script({ kind: 'cut', afterPieces: 2, text: 'one two three four' })
    const { response, requestId } = await stage.chat({ stream: true })
    const text = await response.text()
    expect(text).toContain('provider_stream_cut')
    expect(modelsAsked()).toEqual([cheap])
    await expect
      .poll(() => stage.record(requestId).catch(() => undefined), { timeout: 5_000 })
      .toMatchObject({ model: cheap, status: 'error', fallback: false, attempts: [{ reason: 'stream_cut' }] })
  })
})

describe('a request that is refused as such', () => {
  test('goes back to its caller and is tried nowhere else', async () => {
    const error = { message: 'temperature must be at most 1', code: 'invalid', type: 'invalid_request_error' }
    stage.first.script({ kind: 'status', status: 400, body: { error } })
    const { response } = await stage.chat()
    expect(response.status).toBe(400)
    expect(modelsAsked()).toEqual([cheap])
  })
})

describe('attempts', () => {
  test('are bounded by what the alias allows, and what is left is not asked', async () => {
    const targets = [
      { model: cheap },
      { model: dear },
      { model: 'openai/gpt-4.1' },
      { model: 'openai/gpt-4o' },
    ]
    await stage.makeAlias({ name: 'short', targets, maxAttempts: 2 })
    stage.first.script(serverError(), serverError(), serverError(), serverError())
    const { response, requestId } = await stage.chat({ model: 'short' })
    expect(response.status).toBe(503)
    expect(modelsAsked()).toEqual([cheap, dear])
    const { attempts, costNanos } = await stage.record(requestId)
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'skipped', 'skipped'])
    expect(costNanos).toBe('0')
    // What was scripted and not asked for must not reach the next test.
    await stage.chat({ model: 'openai/gpt-4o' })
    await stage.chat({ model: 'openai/gpt-4.1' })
  })

  test('are bounded in time: no model is begun after it', async () => {
    const targets = [{ model: cheap, timeoutMs: 1_100 }, { model: dear }]
    await stage.makeAlias({ name: 'hasty', targets, totalTimeoutMs: 1_000 })
    stage.first.script({ kind: 'hang' })
    const { response, requestId } = await stage.chat({ model: 'hasty' })
    expect(response.status).toBe(504)
    expect(modelsAsked()).toEqual([cheap])
    expect((await stage.record(requestId)).attempts[1]).toMatchObject({ reason: 'time_used_up' })
  })

  test('skip a model whose context is no longer than the one that was too short', async () => {
    const targets = [{ model: 'openai/gpt-4o' }, { model: cheap }, { model: 'openai/gpt-4.1' }]
    await stage.makeAlias({ name: 'long', targets })
    stage.first.script(contextTooLong())
    const { response, requestId } = await stage.chat({ model: 'long' })
    expect(response.status).toBe(200)
    expect(modelsAsked()).toEqual(['openai/gpt-4o', 'openai/gpt-4.1'])
    expect((await stage.record(requestId)).attempts[1]).toMatchObject({ reason: 'context_no_longer' })
  })
})

describe('a list of models in the body', () => {
  test('is gone through in its order after the model, and the provider never sees it', async () => {
    stage.first.script(serverError(), serverError())
    const { response, requestId } = await stage.chat({ model: cheap, models: [dear, 'openai/gpt-4.1'] })
    expect(response.status).toBe(200)
    expect(modelsAsked()).toEqual([cheap, dear, 'openai/gpt-4.1'])
    expect(stage.first.calls.at(-1)?.body).not.toHaveProperty('models')
    expect(await stage.record(requestId)).toMatchObject({ alias: null, fallback: true })
  })
})

describe('the organization’s policy', () => {
  const allow = (allowedModels: string[] | null) =>
    stage.ada.call('PATCH', `/api/v1/organizations/${stage.ada.organizationId}/settings`, { allowedModels })

  test('is kept by an alias, its order and its fallback alike', async () => {
    await allow([dear])
    stage.first.script(serverError())
    const { response, requestId } = await stage.chat()
    expect(response.status).toBe(503)
    expect(modelsAsked()).toEqual([dear])
    const { attempts } = await stage.record(requestId)
    expect(attempts.filter(({ reason }) => reason === 'not_allowed')).toHaveLength(2)
  })

  test('that allows none of its models refuses the alias', async () => {
    await allow(['openai/gpt-4o'])
    const { response } = await stage.chat()
    expect(response.status).toBe(403)
    expect(modelsAsked()).toEqual([])
    const { body } = await stage.ada.call<{ data: { id: string }[] }>('GET', '/v1/models')
    expect(body.data.map(({ id }) => id)).toEqual(['openai/gpt-4o'])
  })

  test('is kept by a list in the body', async () => {
    await allow([cheap])
    stage.first.script(serverError())
    const { response } = await stage.chat({ model: cheap, models: [dear] })
    expect(response.status).toBe(503)
    expect(modelsAsked()).toEqual([cheap])
  })
})

describe('Anthropic’s messages', () => {
  const send = (fields: Record<string, unknown>) =>
    stage.on.request('POST', '/v1/messages', {
      token: stage.ada.token,
      body: { model: 'fast', max_tokens: 50, messages: [{ role: 'user', content: 'hello' }], ...fields },
    })

  test('fall back too, and say which model answered', async () => {
    stage.first.script(serverError())
    const whole = (await (await send({})).json()) as { model: string }
    expect(whole.model).toBe(dear)
    stage.first.script(serverError())
    const streamed = await (await send({ stream: true })).text()
    expect(streamed).toMatch(/message_start.*gpt-4\.1-nano/)
  })

  test('pass over a model whose provider cannot be told what is asked', async () => {
    const targets = [{ model: 'local/extractive' }, { model: dear }]
    await stage.makeAlias({ name: 'mixed', targets })
    const answer = (await (await send({ model: 'mixed', top_k: 5 })).json()) as { model: string }
    expect(answer.model).toBe(dear)
  })
})
