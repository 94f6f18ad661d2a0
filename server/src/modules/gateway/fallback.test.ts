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
