import { describe, expect, it } from 'vitest'
import { vectorsOf } from '../embedding-encoding.ts'
import { createLocalProvider } from './create-provider.ts'
import type { EmbedTexts } from './embed-texts.ts'

const clock = { now: () => new Date('2026-03-01T12:00:00Z') }
const embed: EmbedTexts = async (texts) =>
  texts.map((text) => Float32Array.from([text.length, text.charCodeAt(0), text.charCodeAt(1)]))

describe('the local embeddings', () => {
  const call = (body: object) => ({
    deploymentModel: 'embedding',
    body: { model: 'local/embedding', input: 'ab', ...body },
    signal: new AbortController().signal,
    requestId: 'request-1',
  })

  it('are those of the function they were given', async () => {
    const result = await createLocalProvider({ clock, embed }).embed(call({ input: ['ab', 'abc'] }))
    expect(vectorsOf(result.body)).toEqual([Float32Array.from([2, 97, 98]), Float32Array.from([3, 97, 98])])
  })

  it('refuse tokens, other dimensions, and a server without them, each with what to do', async () => {
    const provider = createLocalProvider({ clock, embed })
    await expect(provider.embed(call({ input: [1, 2] }))).rejects.toMatchObject({
      kind: 'rejected',
      param: 'input',
    })
    await expect(provider.embed(call({ dimensions: 5 }))).rejects.toMatchObject({
      kind: 'rejected',
      param: 'dimensions',
    })
    await expect(createLocalProvider({ clock }).embed(call({}))).rejects.toMatchObject({ kind: 'rejected' })
  })
})
