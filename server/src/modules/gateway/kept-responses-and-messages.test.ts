import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { beforeEach, describe, expect, test } from 'vitest'
import { signUp } from '../../testing/test-app.ts'
import { setGatewayOnSockets } from './gateway-on-sockets.fixture.ts'

let openai: OpenAI
let anthropic: Anthropic
const gateway = setGatewayOnSockets(({ ada, url }) => {
  openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: ada.token, maxRetries: 0 })
  anthropic = new Anthropic({ baseURL: url, authToken: ada.token, apiKey: null, maxRetries: 0 })
})

const model = 'openai/gpt-4o-mini'
const keep = { headers: { 'x-freehold-cache': 'ttl=600' } }
const calls = () => gateway.provider.calls.length
let questions = 0
let question = ''
beforeEach(() => {
  question = `What is ${++questions} and ${process.pid}?`
})
const text =
  'Grüße aus Zürich – 二 🎉, und noch ein längerer Satz, damit es mehrere Stücke werden, denn ein Stück ist kurz.'

async function recordOf(id: string) {
  return (await gateway.ada.call('GET', `/api/v1/usage/${id.replace(/^\w+_/, '')}`)).body
}

describe('a response that is kept', () => {
  const ask = (fields: Partial<OpenAI.Responses.ResponseCreateParamsNonStreaming> = {}) =>
    openai.responses.create({ model, input: question, ...fields }, keep).withResponse()
  async function streamed() {
    const events = await openai.responses.create({ model, input: question, stream: true }, keep)
    let said = ''
    let last: OpenAI.Responses.ResponseStreamEvent | undefined
    for await (const event of events) {
      if (event.type === 'response.output_text.delta') said += event.delta
      last = event
    }
    if (last?.type !== 'response.completed') throw new Error('It did not end.')
    return { said, response: last.response }
  }

  test('is given again as a response of its own, for nothing, whole and as a stream', async () => {
    gateway.provider.script({ kind: 'answer', text })
    const first = await ask()
    expect(first.response.headers.get('x-freehold-cache')).toBe('miss')
    const asked = calls()
    const again = await ask({ user: 'somebody', metadata: { for: 'something' } })
    expect(again.response.headers.get('x-freehold-cache')).toBe('hit')
    expect(again.data.output_text).toBe(text)
    expect(again.data.usage).toEqual(first.data.usage)
    expect(again.data.id).not.toBe(first.data.id)
    const stream = await streamed()
    expect([stream.said, stream.response.usage]).toEqual([text, first.data.usage])
    expect(calls()).toBe(asked)
    const made = await recordOf(first.data.id)
    for (const { id } of [again.data, stream.response])
      expect(await recordOf(id)).toMatchObject({
        cache: 'hit',
        costNanos: '0',
        promptTokens: 0,
        savedNanos: made.costNanos,
      })
    expect(BigInt(String(made.costNanos))).toBeGreaterThan(0n)
  })

  test('from a stream is given whole', async () => {
    gateway.provider.script({ kind: 'answer', text })
    await streamed()
    const asked = calls()
    expect((await ask()).data.output_text).toBe(text)
    expect(calls()).toBe(asked)
  })

  test('is stored under its own id unless store is false, and gone on from as any', async () => {
    await ask()
    const stored = await ask()
    const unstored = await ask({ store: false })
    expect(unstored.response.headers.get('x-freehold-cache')).toBe('hit')
    const next = { model, input: 'And then?' }
    const on = await openai.responses.create({ ...next, previous_response_id: stored.data.id }, keep)
    expect(gateway.provider.calls.at(-1)?.body.messages).toMatchObject([
      { role: 'user', content: question },
      { role: 'assistant', content: stored.data.output_text },
      { role: 'user', content: 'And then?' },
    ])
    const gone = openai.responses.create({ ...next, previous_response_id: unstored.data.id }, keep)
    await expect(gone).rejects.toMatchObject({ status: 404 })
    // The turns before are a part of the question: the same ones are found, none are another question.
    const asked = calls()
    const same = await openai.responses.create({ ...next, previous_response_id: stored.data.id }, keep)
    expect([same.output_text, calls()]).toEqual([on.output_text, asked])
    await openai.responses.create(next, keep)
    expect(calls()).toBe(asked + 1)
  })

  test('with calls of functions is given again with the same calls', async () => {
    gateway.provider.script({ kind: 'tool_call', name: 'look', arguments: { at: 'the "moon"' } })
    const tools = [{ type: 'function' as const, name: 'look', parameters: { type: 'object' }, strict: false }]
    const [first, again] = [await ask({ tools }), await ask({ tools })]
    const callOf = ({ data }: typeof first) => data.output.find((item) => item.type === 'function_call')
    const { id: _, ...said } = callOf(first) ?? { id: undefined }
    expect(callOf(again)).toMatchObject(said)
    expect(again.response.headers.get('x-freehold-cache')).toBe('hit')
  })

  test('is not kept where it was cut off by its cap', async () => {
    gateway.provider.script({ kind: 'answer', text, finishReason: 'length' })
    expect((await ask()).data.status).toBe('incomplete')
    expect((await ask()).response.headers.get('x-freehold-cache')).toBe('miss')
  })

  test('P16: is no answer to another organization', async () => {
    await ask()
    const eve = await signUp(gateway.on, 'Eve')
    const hers = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: eve.token, maxRetries: 0 })
    const { response } = await hers.responses.create({ model, input: question }, keep).withResponse()
    expect([response.headers.get('x-freehold-cache'), response.headers.get('age')]).toEqual(['miss', null])
  })
})

describe('a message of another’s model that is kept', () => {
  const params = () => ({ model, max_tokens: 500, messages: [{ role: 'user' as const, content: question }] })
  const ask = (fields: Partial<Anthropic.MessageCreateParamsNonStreaming> = {}) =>
    anthropic.messages.create({ ...params(), ...fields }, keep).withResponse()

  test('is given again whole and as a stream, and from a stream', async () => {
    gateway.provider.script({ kind: 'answer', text })
    const first = await anthropic.messages.stream(params(), keep).finalMessage()
    const asked = calls()
    const again = await ask({ metadata: { user_id: 'somebody' } })
    expect(again.response.headers.get('x-freehold-cache')).toBe('hit')
    expect(first).toMatchObject({ ...again.data, id: first.id })
    expect(again.data.content).toMatchObject([{ type: 'text', text }])
    const stream = await anthropic.messages.stream(params(), keep).finalMessage()
    expect(stream).toEqual({ ...first, id: stream.id })
    expect(calls()).toBe(asked)
    expect(await recordOf(again.data.id)).toMatchObject({ cache: 'hit', costNanos: '0' })
    expect((await ask({ max_tokens: 499 })).response.headers.get('x-freehold-cache')).toBe('miss')
    expect((await ask({ system: 'Be brief.' })).response.headers.get('x-freehold-cache')).toBe('miss')
  })

  test('is not kept where a tool’s input is no object, which is an error each time', async () => {
    const broken = {
      id: 'c1',
      object: 'chat.completion',
      created: 1,
      model,
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'a', type: 'function', function: { name: 'look', arguments: '{"at":' } }],
          },
          finish_reason: 'tool_calls',
        },
      ],
      usage: { prompt_tokens: 3, completion_tokens: 3, total_tokens: 6 },
    }
    gateway.provider.script({ kind: 'status', status: 200, body: broken })
    const tools = [{ name: 'look', input_schema: { type: 'object' as const } }]
    await expect(ask({ tools })).rejects.toMatchObject({ status: 502 })
    const { response } = await ask({ tools })
    expect(response.headers.get('x-freehold-cache')).toBe('miss')
  })
})
