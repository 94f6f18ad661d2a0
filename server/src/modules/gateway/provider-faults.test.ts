import { describe, expect, test } from 'vitest'
import { contextTooLong, type FakeBehaviour, htmlError } from '../../testing/fake-provider/behaviours.ts'
import { setGatewayOnSockets } from './gateway-on-sockets.fixture.ts'

/** What a provider may do wrong, as a caller sees it, and what it costs them. */
const on = setGatewayOnSockets(
  async ({ ada }) => {
    await ada.call('PUT', '/api/v1/budgets/organization', { limitUsd: '1' })
  },
  { FREEHOLD_PROVIDER_FIRST_BYTE_MS: '1500', FREEHOLD_PROVIDER_IDLE_MS: '1500' },
)

const model = 'openai/gpt-4o-mini'
const messages = [{ role: 'user', content: 'three short words' }]

async function post(path: string, body: object): Promise<{ status: number; text: string }> {
  const response = await fetch(on.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${on.ada.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, ...body }),
  })
  return { status: response.status, text: await response.text() }
}

const chat = (fields: object = {}) => post('/v1/chat/completions', { messages, ...fields })
const stream = () => chat({ stream: true, stream_options: { include_usage: true } })

/** The text of a stream, and the code of the error that ended it. */
function read(text: string) {
  const events = text
    .split('\n\n')
    .filter((event) => event.startsWith('data: {'))
    .map((event) => JSON.parse(event.slice('data: '.length)))
  return {
    text: events.map((event) => event.choices?.[0]?.delta?.content ?? '').join(''),
    error: events.find((event) => event.error)?.error.code,
    usage: events.findLast((event) => event.usage)?.usage,
  }
}

/** The only call, and that nothing is held for it any more. */
async function billed() {
  const { body } = await on.ada.call<{ data: Record<string, unknown>[] }>('GET', '/api/v1/usage/records')
  const budgets = await on.ada.call<{ data: Record<string, unknown>[] }>('GET', '/api/v1/budgets')
  expect(body.data).toHaveLength(1)
  expect(budgets.body.data).toMatchObject([{ heldNanos: '0', settledNanos: body.data[0]?.costNanos }])
  return body.data[0]
}

const free = { status: 'error', costNanos: '0', promptTokens: 0, completionTokens: 0 }

describe('a provider that gives no answer costs nothing, whole or as a stream:', () => {
  const page = htmlError(200).body
  const half = '{"choices":[{"mess'
  test.each<[string, FakeBehaviour, number, string]>([
    ['a page with an error status', htmlError(), 503, 'provider_unavailable'],
    [
      'a page in the place of an answer',
      { kind: 'raw', writes: [String(page)], contentType: 'text/html' },
      502,
      'provider_bad_response',
    ],
    [
      'half a JSON',
      { kind: 'raw', writes: [half], contentType: 'application/json' },
      502,
      'provider_bad_response',
    ],
    ['no beginning', { kind: 'hang' }, 504, 'provider_timeout'],
    ['a context that it finds too long', contextTooLong(), 400, 'context_too_long'],
  ])('%s', async (_, behaviour, status, code) => {
    on.provider.script(behaviour)
    const whole = await chat()
    expect(whole.status).toBe(status)
    expect(JSON.parse(whole.text).error.code).toBe(code)
    expect(whole.text).not.toMatch(/<html|<center/i)
    expect(await billed()).toMatchObject(free)
  })

  test('as a stream that never began is an HTTP error, too', async () => {
    on.provider.script(htmlError())
    expect((await stream()).status).toBe(503)
    expect(await billed()).toMatchObject(free)
  })
})

describe('a stream', () => {
  test('with its usage twice is billed once, by the last', async () => {
    const usageOf = (completion: number) =>
      `data: {"id":"x","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":10,"completion_tokens":${completion},"total_tokens":0}}\n\n`
    const piece =
      'data: {"id":"x","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"hi"},"finish_reason":"stop"}]}\n\n'
    on.provider.script({ kind: 'raw', writes: [piece, usageOf(3), usageOf(5), 'data: [DONE]\n\n'] })
    expect(read((await stream()).text).text).toBe('hi')
    expect(await billed()).toMatchObject({ status: 'ok', promptTokens: 10, completionTokens: 5 })
  })

  test('without usage is billed by what was read and written', async () => {
    on.provider.script({ kind: 'answer', text: 'forty bytes of text are about ten tokens', usage: 'never' })
    await stream()
    // 17 bytes asked, and a message's own four tokens.
    expect(await billed()).toMatchObject({ status: 'ok', promptTokens: 9, completionTokens: 10 })
  })

  test('whose characters are split anywhere arrives whole', async () => {
    const text = 'Zwölf Bären essen 日本語 und 🐻‍❄️ auf'
    on.provider.script({ kind: 'answer', text, bytesPerWrite: 1 })
    expect(read((await stream()).text)).toMatchObject({ text, error: undefined })
    expect(await billed()).toMatchObject({ status: 'ok' })
  })

  test('with a line of 10 MB is refused before its end, and the provider is told to stop', async () => {
    const before = on.provider.calls.length
    on.provider.script({ kind: 'long_line', bytes: 10 * 1_024 * 1_024 })
    const { status, text } = await stream()
    expect({ status, code: JSON.parse(text).error.code }).toEqual({
      status: 502,
      code: 'provider_bad_response',
    })
    await on.provider.settled()
    expect(on.provider.calls[before]?.state).toBe('aborted')
    expect(await billed()).toMatchObject(free)
  })

  test('that falls silent ends with an error, is billed as far as it came, and the provider is told to stop', async () => {
    const before = on.provider.calls.length
    on.provider.script({ kind: 'hang', afterPieces: 2, countsPieces: true })
    expect(read((await stream()).text)).toMatchObject({ text: 'three short', error: 'provider_timeout' })
    await on.provider.settled()
    const [call] = on.provider.calls.slice(before)
    expect(call?.state).toBe('aborted')
    expect(await billed()).toMatchObject({
      status: 'error',
      promptTokens: call?.promptTokens,
      completionTokens: 2,
    })
  })
})

describe('the input of a tool that is no JSON', () => {
  const message = {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{"cut' } }],
  }
  const completion: FakeBehaviour = {
    kind: 'raw',
    contentType: 'application/json',
    writes: [
      JSON.stringify({
        id: 'x',
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
        usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
      }),
    ],
  }

  test.each([
    ['/v1/chat/completions', { messages }, 200],
    ['/v1/responses', { input: 'x' }, 200],
    // Anthropic's protocol has no words for it.
    ['/v1/messages', { messages, max_tokens: 100 }, 502],
  ])('%s', async (path, body, status) => {
    on.provider.script(completion)
    const answer = await post(path, body)
    expect(answer.status).toBe(status)
    expect(answer.text).toContain(
      status === 200 ? String.raw`{\"cut` : "an input for the tool 'f' that is no JSON",
    )
    expect(await billed()).toMatchObject({ status: 'ok', promptTokens: 10, completionTokens: 5 })
  })
})

test('an input that cannot fit the model is refused with the numbers before it leaves, in every API', async () => {
  const before = on.provider.calls.length
  const content = 'some words to read '.repeat(60_000)
  for (const [path, body] of [
    ['/v1/chat/completions', { messages: [{ role: 'user', content }] }],
    ['/v1/messages', { messages: [{ role: 'user', content }], max_tokens: 100 }],
    ['/v1/responses', { input: content }],
  ] as const) {
    const { status, text } = await post(path, body)
    expect(status).toBe(400)
    expect(JSON.parse(text).error.message).toMatch(/about 285,\d{3} tokens, and the model .* takes 128,000\./)
  }
  expect(on.provider.calls).toHaveLength(before)
  const { body } = await on.ada.call<{ data: object[] }>('GET', '/api/v1/usage/records')
  expect(body.data).toEqual([])
})
