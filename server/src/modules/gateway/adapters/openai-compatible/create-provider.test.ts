import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FakeProvider, startFakeProvider } from '../../../../testing/fake-provider/fake-provider.ts'
import type { ChatRequest } from '../../contract.ts'
import { describeProvider } from '../provider.suite.ts'
import type { ChatCall, ChatChunk, Provider } from '../provider.ts'
import { createOpenAiCompatibleProvider, type OpenAiCompatibleOptions } from './create-provider.ts'

const key = 'sk-or-v1-0123456789abcdef'

describeProvider('openai-compatible', async () => {
  const fake = await startFakeProvider()
  const provider = createOpenAiCompatibleProvider({ id: 'fake', baseUrl: fake.url })
  const stop = async () => {
    await provider.close()
    await fake.close()
  }
  return { provider, chatModel: 'fake-model', embeddingModel: 'fake-embedding', stop }
})

describe('an openai-compatible provider', () => {
  let fake: FakeProvider
  const providers: Provider[] = []

  beforeEach(async () => {
    fake = await startFakeProvider()
  })
  afterEach(async () => {
    await Promise.all(providers.splice(0).map((provider) => provider.close()))
    await fake.close()
  })

  function create(options: Partial<OpenAiCompatibleOptions> = {}): Provider {
    const provider = createOpenAiCompatibleProvider({
      id: 'fake',
      baseUrl: fake.url,
      apiKey: key,
      ...options,
    })
    providers.push(provider)
    return provider
  }

  function call(body: Partial<ChatRequest> = {}, changes: Partial<ChatCall> = {}): ChatCall {
    return {
      deploymentModel: 'vendor/model-1',
      body: { model: 'alias', messages: [{ role: 'user', content: 'Grüße aus Köln' }], ...body },
      maxOutputTokens: 100,
      signal: new AbortController().signal,
      requestId: 'request-1',
      ...changes,
    }
  }

  const read = (provider: Provider, chatCall = call()): Promise<ChatChunk[]> =>
    Array.fromAsync(provider.streamChat(chatCall))
  const textOf = (chunks: readonly ChatChunk[]) => chunks.map((chunk) => chunk.textDelta).join('')
  const sent = (index = 0) => fake.calls[index]?.body

  it('sends the provider’s model name, the key, the extra headers and every field it does not know', async () => {
    const provider = create({ headers: { 'HTTP-Referer': 'https://example.org', 'X-Title': 'Example' } })
    await provider.chat(call({ temperature: 0.2, top_k: 40, reasoning: { effort: 'low' } }))
    expect(sent()).toEqual({
      model: 'vendor/model-1',
      messages: [{ role: 'user', content: 'Grüße aus Köln' }],
      temperature: 0.2,
      top_k: 40,
      reasoning: { effort: 'low' },
      max_tokens: 100,
      stream: false,
    })
    expect(fake.calls[0]?.headers).toMatchObject({
      authorization: `Bearer ${key}`,
      'http-referer': 'https://example.org',
      'x-title': 'Example',
      'x-client-request-id': 'request-1',
    })
  })

  it('sends the lower of the caller’s cap and the gateway’s, in the field the caller used', async () => {
    const provider = create()
    await provider.chat(call({ max_completion_tokens: 50 }))
    await provider.chat(call({ max_tokens: 5_000 }))
    expect(sent(0)).toMatchObject({ max_completion_tokens: 50 })
    expect(sent(0)).not.toHaveProperty('max_tokens')
    expect(sent(1)).toMatchObject({ max_tokens: 100 })
  })

  it('asks each dialect for the cap and the cost in its own way', async () => {
    await create({ dialect: 'openai' }).chat(call())
    await create({ dialect: 'openrouter' }).chat(call())
    expect(sent(0)).toMatchObject({ max_completion_tokens: 100 })
    expect(sent(0)).not.toHaveProperty('usage')
    expect(sent(1)).toMatchObject({ max_tokens: 100, usage: { include: true } })
  })

  it('always asks a stream for usage, keeping the caller’s other stream options', async () => {
    await read(create(), call({ stream: true, stream_options: { include_usage: false, chunk_size: 2 } }))
    expect(sent()).toMatchObject({ stream: true, stream_options: { include_usage: true, chunk_size: 2 } })
  })

  it('hands over the payload of every event exactly as it was sent', async () => {
    const payload =
      '{"id":"x",  "object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"a\\u0062"},"finish_reason":"stop"}],"extra":1e2}'
    fake.script({ kind: 'raw', writes: [`data: ${payload}\n\ndata: [DONE]\n\n`] })
    expect(await read(create())).toEqual([
      { data: payload, textDelta: 'ab', usage: undefined, finishReason: 'stop', hidden: false },
    ])
  })

  it('reads a stream whose bytes are split anywhere, characters included', async () => {
    const text = 'Zwölf Bären essen 日本語 und 🐻‍❄️ auf'
    fake.script({ kind: 'answer', text, bytesPerWrite: 7 }, { kind: 'answer', text, bytesPerWrite: 1 })
    const provider = create()
    expect(textOf(await read(provider))).toBe(text)
    expect(textOf(await read(provider))).toBe(text)
  })

  it('reads streams with CRLF line ends and comments in between', async () => {
    fake.script({ kind: 'answer', text: 'one two', lineEnd: '\r\n', comments: true, bytesPerWrite: 11 })
    expect(textOf(await read(create()))).toBe('one two')
  })

  it.each([
    ['openai-stream', 'Hello!', { promptTokens: 19, completionTokens: 2, reportedCostNanos: null }],
    [
      'openrouter-stream',
      'Three months.',
      { promptTokens: 1650, cachedTokens: 1000, cacheWriteTokens: 500, reportedCostNanos: 2_760_000n },
    ],
    ['ollama-stream', 'Three months.', { promptTokens: 33, completionTokens: 4, reportedCostNanos: null }],
  ] as const)('reads text and usage of a stream in the shape of %s', async (name, text, usage) => {
    fake.script({ kind: 'fixture', name })
    const chunks = await read(create())
    expect(textOf(chunks)).toBe(text)
    expect(chunks.find((chunk) => chunk.usage)).toMatchObject({ usage, hidden: true })
    expect(chunks.filter((chunk) => chunk.finishReason)).toHaveLength(1)
  })

  it('takes usage that comes twice, and lives without any', async () => {
    fake.script(
      { kind: 'answer', text: 'one', usage: 'twice' },
      { kind: 'answer', text: 'one', usage: 'never' },
    )
    const provider = create()
    expect((await read(provider)).filter((chunk) => chunk.usage)).toHaveLength(2)
    expect((await read(provider)).filter((chunk) => chunk.usage)).toHaveLength(0)
  })

  it('adds the fingerprint that a client demands where the provider sends none, and keeps one it sends', async () => {
    fake.script(
      { kind: 'fixture', name: 'openai-completion' },
      { kind: 'fixture', name: 'openrouter-completion' },
    )
    const provider = create()
    const without = await provider.chat(call())
    const withOne = await provider.chat(call())
    expect(without).toMatchObject({
      text: 'Hello! How can I assist you today?',
      usage: { cachedTokens: 1024 },
    })
    expect(without.body.system_fingerprint).toBe('fp_fake')
    expect(withOne.body.system_fingerprint).toBe('fp_560af6e559')
    expect(withOne.usage?.reportedCostNanos).toBe(33_900n)
  })

  it('passes tool calls through, whole and streamed', async () => {
    const toolCall = { kind: 'tool_call', name: 'find', arguments: { q: 'x' } } as const
    fake.script(toolCall, toolCall)
    const provider = create()
    const whole = await provider.chat(call())
    const chunks = await read(provider)
    expect(whole).toMatchObject({ text: '', finishReason: 'tool_calls' })
    expect(whole.body).toMatchObject({
      choices: [{ message: { tool_calls: [{ function: { name: 'find' } }] } }],
    })
    expect(
      chunks
        .filter((chunk) => !chunk.hidden)
        .map((chunk) => chunk.data)
        .join(''),
    ).toContain('"name":"find"')
    expect(chunks.some((chunk) => chunk.finishReason === 'tool_calls')).toBe(true)
  })

  it('ends the call at the provider when the caller’s signal is aborted', async () => {
    fake.script({ kind: 'hang' }, { kind: 'hang', afterPieces: 1 })
    const provider = create()
    const early = new AbortController()
    const waiting = provider.chat(call({}, { signal: early.signal }))
    while (fake.calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    early.abort()
    await expect(waiting).rejects.toBe(early.signal.reason)
    const late = new AbortController()
    const left = new Error('left')
    const stream = async () => {
      for await (const chunk of provider.streamChat(call({}, { signal: late.signal })))
        if (chunk.textDelta) late.abort(left)
    }
    await expect(stream()).rejects.toBe(left)
    await fake.settled()
    expect(fake.calls.map((seen) => seen.state)).toEqual(['aborted', 'aborted'])
  })

  it('ends the call at the provider when the reader leaves the loop', async () => {
    fake.script({ kind: 'answer', text: 'word '.repeat(100), delayPerPieceMs: 20 })
    for await (const chunk of create().streamChat(call())) if (chunk.textDelta) break
    await fake.settled()
    expect(fake.calls[0]?.state).toBe('aborted')
    // Two seconds of answer were to come.
    expect(fake.calls[0]?.completionTokens).toBeLessThan(25)
  })

  it('keeps connections for later calls, streamed or whole', async () => {
    const provider = create()
    for (let round = 0; round < 10; round++) {
      await provider.chat(call())
      await read(provider)
    }
    // A stream is over at its end mark; until its last bytes are read the next call may need a second connection.
    expect(new Set(fake.calls.map((seen) => seen.connection)).size).toBeLessThanOrEqual(2)
  })

  it('keeps no more connections than it was allowed, and serves the calls beyond in their turn', async () => {
    const provider = create({ connections: 2 })
    await Promise.all(Array.from({ length: 10 }, () => provider.chat(call())))
    expect(fake.calls).toHaveLength(10)
    expect(new Set(fake.calls.map((seen) => seen.connection)).size).toBe(2)
  })

  it('splits many inputs into requests of the allowed size and adds up their usage', async () => {
    const provider = create({ maxEmbeddingInputs: 3, maxEmbeddingBytes: 12 })
    const input = ['a', 'b', 'c', 'd', 'longer than all', 'e', 'f g']
    const result = await provider.embed({ ...embedBase, body: { model: 'alias', input } })
    expect(fake.calls.map((seen) => seen.body.input)).toEqual([
      ['a', 'b', 'c'],
      ['d'],
      ['longer than all'],
      ['e', 'f g'],
    ])
    expect(result.usage?.promptTokens).toBe(10)
    expect(result.body).toMatchObject({
      data: input.map((_, index) => ({ index })),
      usage: { total_tokens: 10 },
    })
  })

  it('sends a text of tokens as one input', async () => {
    await create().embed({ ...embedBase, body: { model: 'alias', input: [1, 2, 3] } })
    expect(sent()?.input).toEqual([[1, 2, 3]])
  })

  it('reads the limits and exact prices of a list that has them, and names from one that has not', async () => {
    const priced = {
      id: 'vendor/model-2',
      context_length: 131072,
      top_provider: { max_completion_tokens: 8192 },
      pricing: { prompt: '0.00000015', completion: '0.0000006', request: '0' },
    }
    const perRequest = {
      id: 'vendor/search',
      pricing: { prompt: '0.000001', completion: '0.000001', request: '0.005' },
    }
    const listing = await startFakeProvider({ models: [priced, perRequest, 'llama3.2', { id: 7 }] })
    const models = await create({ baseUrl: listing.url }).listModels(new AbortController().signal)
    await listing.close()
    expect(models).toEqual([
      {
        id: 'vendor/model-2',
        contextTokens: 131072,
        maxOutputTokens: 8192,
        inputNanosPerMillion: 150_000_000n,
        outputNanosPerMillion: 600_000_000n,
      },
      {
        id: 'vendor/search',
        contextTokens: null,
        maxOutputTokens: null,
        inputNanosPerMillion: null,
        outputNanosPerMillion: null,
      },
      {
        id: 'llama3.2',
        contextTokens: null,
        maxOutputTokens: null,
        inputNanosPerMillion: null,
        outputNanosPerMillion: null,
      },
    ])
  })

  const embedBase = {
    deploymentModel: 'fake-embedding',
    signal: new AbortController().signal,
    requestId: 'request-1',
  }
})
