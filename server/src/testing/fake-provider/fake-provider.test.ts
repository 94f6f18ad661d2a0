import OpenAI from 'openai'
import { afterEach, describe, expect, it } from 'vitest'
import { contextTooLong, htmlError, rateLimited, serverError } from './behaviours.ts'
import { type FakeProvider, startFakeProvider } from './fake-provider.ts'

const running: FakeProvider[] = []

async function start(options?: Parameters<typeof startFakeProvider>[0]) {
  const provider = await startFakeProvider(options)
  running.push(provider)
  const client = new OpenAI({ baseURL: provider.url, apiKey: 'sk-test', maxRetries: 0 })
  return { provider, client }
}

const question = { model: 'fake-model', messages: [{ role: 'user' as const, content: 'three short words' }] }

afterEach(async () => {
  await Promise.all(running.splice(0).map((provider) => provider.close()))
})

describe('the fake provider, asked by the official client', () => {
  it('answers by repeating the last user message and counts its tokens', async () => {
    const { provider, client } = await start()
    const reply = await client.chat.completions.create(question)
    expect(reply.choices[0]?.message.content).toBe('three short words')
    expect(reply.usage).toMatchObject({ prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 })
    expect(provider.calls).toMatchObject([{ promptTokens: 9, completionTokens: 3, state: 'finished' }])
  })

  it('streams the same text piece by piece, with usage only when it is asked for', async () => {
    const { provider, client } = await start()
    provider.script(
      { kind: 'answer', text: 'Zwölf Bären — 日本語' },
      { kind: 'answer', text: 'Zwölf Bären — 日本語' },
    )
    const plain = await Array.fromAsync(await client.chat.completions.create({ ...question, stream: true }))
    const counted = await Array.fromAsync(
      await client.chat.completions.create({
        ...question,
        stream: true,
        stream_options: { include_usage: true },
      }),
    )
    const textOf = (chunks: typeof plain) =>
      chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')
    expect([textOf(plain), textOf(counted)]).toEqual(['Zwölf Bären — 日本語', 'Zwölf Bären — 日本語'])
    expect(plain.some((chunk) => chunk.usage)).toBe(false)
    expect(counted.at(-1)?.usage).toMatchObject({ completion_tokens: 4 })
  })

  it('calls a tool with the arguments it was scripted with, whole and in pieces', async () => {
    const { provider, client } = await start()
    const call = { kind: 'tool_call', name: 'get_weather', arguments: { city: 'Köln', days: 3 } } as const
    provider.script(call, call)
    const whole = await client.chat.completions.create(question)
    const pieces = await Array.fromAsync(await client.chat.completions.create({ ...question, stream: true }))
    const called = whole.choices[0]?.message.tool_calls?.[0]
    expect(called?.type === 'function' && JSON.parse(called.function.arguments)).toEqual({
      city: 'Köln',
      days: 3,
    })
    const joined = pieces
      .map((chunk) => chunk.choices[0]?.delta.tool_calls?.[0]?.function?.arguments ?? '')
      .join('')
    expect(JSON.parse(joined)).toEqual({ city: 'Köln', days: 3 })
  })

  it('fails in the ways of a real provider, so that the client raises its own error classes', async () => {
    const { provider, client } = await start()
    provider.script(rateLimited(), serverError(), htmlError(), contextTooLong())
    const ask = () => client.chat.completions.create(question).catch((error: unknown) => error)
    expect(await ask()).toBeInstanceOf(OpenAI.RateLimitError)
    expect(await ask()).toBeInstanceOf(OpenAI.InternalServerError)
    expect(await ask()).toMatchObject({ status: 502 })
    expect(await ask()).toMatchObject({ status: 400, code: 'context_length_exceeded' })
  })

  it('enters a caller who leaves in the middle as aborted, with the tokens it had sent', async () => {
    const { provider, client } = await start()
    provider.script({ kind: 'hang', afterPieces: 2 })
    const stream = await client.chat.completions.create({ ...question, stream: true })
    let text = ''
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? ''
      if (text === 'three short') break
    }
    await provider.settled()
    expect(provider.calls).toMatchObject([{ state: 'aborted', completionTokens: 2 }])
  })

  it('gives one text always the same vector, in either encoding, and another text another', async () => {
    const { client } = await start()
    const input = ['one', 'two', 'one']
    const floats = await client.embeddings.create({
      model: 'fake',
      input,
      encoding_format: 'float',
      dimensions: 4,
    })
    const packed = await client.embeddings.create({ model: 'fake', input, dimensions: 4 })
    const vectors = floats.data.map((entry) => entry.embedding)
    expect(vectors[0]).toHaveLength(4)
    expect(vectors[0]).toEqual(vectors[2])
    expect(vectors[0]).not.toEqual(vectors[1])
    expect(packed.data.map((entry) => Array.from(entry.embedding))).toEqual(vectors)
  })

  it('lists its models and refuses another key than its own', async () => {
    const { provider } = await start({ models: ['llama3.2', 'nomic-embed-text'], apiKey: 'sk-right' })
    const list = (apiKey: string) =>
      new OpenAI({ baseURL: provider.url, apiKey, maxRetries: 0 }).models.list()
    expect((await list('sk-right')).data.map((model) => model.id)).toEqual(['llama3.2', 'nomic-embed-text'])
    await expect(list('sk-wrong')).rejects.toBeInstanceOf(OpenAI.AuthenticationError)
  })
})
