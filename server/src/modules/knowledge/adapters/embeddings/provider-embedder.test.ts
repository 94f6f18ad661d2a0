import { expect, test } from 'vitest'
import { createProviderEmbedder } from './provider-embedder.ts'

const answering = (vectors: number[][]) =>
  createProviderEmbedder({ id: 'test/two', dimensions: 2, maxBatch: 3, embedTexts: async () => vectors })

test('vectors are brought to length one, whatever the provider sends', async () => {
  const [vector] = await answering([[3, 4]]).embed(['a'])
  expect(vector).toEqual(Float32Array.of(3 / 5, 4 / 5))
})

test('texts and signal reach the gateway as they are', async () => {
  const seen: unknown[] = []
  const embedder = createProviderEmbedder({
    id: 'test/one',
    dimensions: 1,
    maxBatch: 3,
    embedTexts: async (texts, signal) => {
      seen.push(texts, signal)
      return texts.map(() => [1])
    },
  })
  const { signal } = new AbortController()
  await embedder.embed(['a', 'b'], signal)
  expect(seen).toEqual([['a', 'b'], signal])
})

test('an answer with too few vectors, wrong dimensions or no numbers is an error, never stored', async () => {
  await expect(answering([]).embed(['a'])).rejects.toThrow('0 vectors for 1 texts')
  await expect(answering([[1, 2, 3]]).embed(['a'])).rejects.toThrow('3 dimensions instead of 2')
  await expect(answering([[1, Number.NaN]]).embed(['a'])).rejects.toThrow('not all numbers')
})

test('too many texts are refused before anything is sent, none need nothing sent', async () => {
  const embedder = answering([[1, 0]])
  await expect(embedder.embed(['a', 'b', 'c', 'd'])).rejects.toThrow(RangeError)
  expect(await embedder.embed([])).toEqual([])
})

test('an aborted call sends nothing', async () => {
  const reason = new Error('stopped')
  await expect(answering([[1, 0]]).embed(['a'], AbortSignal.abort(reason))).rejects.toBe(reason)
})
