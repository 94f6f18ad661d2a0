import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { chatCompletionChunkSchema, chatCompletionSchema, embeddingsResponseSchema } from '../contract.ts'
import { vectorsOf } from './embedding-encoding.ts'
import type { ChatCall, ChatChunk, EmbedCall, Provider } from './provider.ts'

export interface ProviderUnderTest {
  readonly provider: Provider
  readonly chatModel: string
  /** Null for a provider that makes none. */
  readonly embeddingModel: string | null
  stop(): Promise<void>
}

/** What the port promises, run against every adapter. */
export function describeProvider(name: string, start: () => Promise<ProviderUnderTest>): void {
  describe(`${name} keeps the promises of the provider port`, () => {
    let subject: ProviderUnderTest
    beforeEach(async () => {
      subject = await start()
    })
    afterEach(() => subject.stop())

    const chatCall = (changes: Partial<ChatCall> = {}): ChatCall => ({
      deploymentModel: subject.chatModel,
      body: {
        model: 'alias',
        messages: [{ role: 'user', content: 'How long is the notice period of a tenant?' }],
      },
      passages: [
        {
          marker: 1,
          text: 'The notice period of a tenant is three months. The landlord pays for repairs of the roof.',
          documentName: 'Lease.pdf',
          page: 4,
          heading: 'Notice',
          score: 1,
        },
      ],
      maxOutputTokens: 500,
      signal: new AbortController().signal,
      requestId: 'request-1',
      ...changes,
    })
    const embedCall = (body: Partial<EmbedCall['body']>): EmbedCall => ({
      deploymentModel: subject.embeddingModel ?? 'none',
      body: { model: 'alias', input: 'one', ...body },
      signal: new AbortController().signal,
      requestId: 'request-1',
    })
    const textOf = (chunks: readonly ChatChunk[]) => chunks.map((chunk) => chunk.textDelta).join('')

    it('answers with an OpenAI completion that says how it ended and what it used', async () => {
      const result = await subject.provider.chat(chatCall())
      const body = chatCompletionSchema.parse(result.body)
      expect(result.text).not.toBe('')
      expect(body.choices[0]?.message.content).toBe(result.text)
      expect(result.finishReason).toBe('stop')
      expect(result.usage?.promptTokens).toBeGreaterThan(0)
      expect(result.usage?.completionTokens).toBeGreaterThan(0)
    })

    it('streams the text of the whole answer, ending with a finish reason', async () => {
      const whole = await subject.provider.chat(chatCall())
      const chunks = await Array.fromAsync(subject.provider.streamChat(chatCall()))
      expect(textOf(chunks)).toBe(whole.text)
      expect(chunks.filter((chunk) => chunk.finishReason).map((chunk) => chunk.finishReason)).toEqual([
        'stop',
      ])
      for (const chunk of chunks) chatCompletionChunkSchema.parse(JSON.parse(chunk.data))
    })

    it('reports usage of a stream in a chunk that is hidden unless the caller asked for it', async () => {
      const asked = chatCall({
        body: { ...chatCall().body, stream: true, stream_options: { include_usage: true } },
      })
      const unasked = await Array.fromAsync(subject.provider.streamChat(chatCall()))
      const shown = await Array.fromAsync(subject.provider.streamChat(asked))
      expect(unasked.filter((chunk) => chunk.usage).map((chunk) => chunk.hidden)).toEqual([true])
      expect(shown.filter((chunk) => chunk.usage).map((chunk) => chunk.hidden)).toEqual([false])
      expect(shown.find((chunk) => chunk.usage)?.usage?.completionTokens).toBeGreaterThan(0)
    })

    it('never writes more than the output cap, whatever the caller asked for, and says that it was cut', async () => {
      const body = { ...chatCall().body, max_tokens: 400 }
      const result = await subject.provider.chat(chatCall({ body, maxOutputTokens: 3 }))
      expect(result.finishReason).toBe('length')
      expect(result.usage?.completionTokens).toBeLessThanOrEqual(3)
    })

    it('rejects with the reason of a signal that was aborted before the call', async () => {
      const reason = new Error('gone')
      const signal = AbortSignal.abort(reason)
      await expect(subject.provider.chat(chatCall({ signal }))).rejects.toBe(reason)
      await expect(Array.fromAsync(subject.provider.streamChat(chatCall({ signal })))).rejects.toBe(reason)
    })

    it('ends a stream with the reason of a signal that is aborted in its middle', async () => {
      const controller = new AbortController()
      const reason = new Error('gone')
      const stream = subject.provider.streamChat(chatCall({ signal: controller.signal }))
      const read = async () => {
        for await (const chunk of stream) if (chunk.textDelta !== '') controller.abort(reason)
      }
      await expect(read()).rejects.toBe(reason)
    })

    it('serves the next call after a caller left a stream early', async () => {
      for await (const chunk of subject.provider.streamChat(chatCall())) {
        expect(chunk.finishReason).toBeUndefined()
        break
      }
      expect((await subject.provider.chat(chatCall())).finishReason).toBe('stop')
    })

    it('embeds many texts in their order, the same in either encoding, or says that it makes no embeddings', async () => {
      if (subject.embeddingModel === null) {
        await expect(subject.provider.embed(embedCall({}))).rejects.toMatchObject({ kind: 'rejected' })
        return
      }
      const input = ['one', 'two', 'three', 'one']
      const floats = await subject.provider.embed(embedCall({ input, encoding_format: 'float' }))
      const packed = await subject.provider.embed(embedCall({ input, encoding_format: 'base64' }))
      const single = await subject.provider.embed(embedCall({ input: 'two' }))
      const vectors = vectorsOf(embeddingsResponseSchema.parse(floats.body))
      expect(vectors).toHaveLength(4)
      expect(vectorsOf(packed.body)).toEqual(vectors)
      expect(vectorsOf(single.body)).toEqual([vectors?.[1]])
      expect(vectors?.[0]).toEqual(vectors?.[3])
      expect(vectors?.[0]).not.toEqual(vectors?.[1])
      expect(floats.usage?.promptTokens).toBeGreaterThan(0)
    })

    it('lists what it serves', async () => {
      const models = await subject.provider.listModels(new AbortController().signal)
      expect(models.map((model) => model.id)).toContain(subject.chatModel)
    })
  })
}
