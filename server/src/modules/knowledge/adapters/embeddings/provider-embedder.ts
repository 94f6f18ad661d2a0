import type { Embedder } from './embedder.ts'
import { scaleToLengthOne } from './row-operations.ts'

export interface ProviderEmbedderOptions {
  /** Names the space: provider, model and dimensions, such as `openai/text-embedding-3-small-1536`. */
  id: string
  dimensions: number
  /** The most texts the provider takes in one request. */
  maxBatch: number
  /** The gateway's call: one vector for each text, in order. Records usage and keeps budgets there. */
  embedTexts: (texts: readonly string[], signal?: AbortSignal) => Promise<readonly ArrayLike<number>[]>
}

/** Embeds through the gateway. Throws what `embedTexts` throws, and a plain Error for an answer of the wrong shape. */
export function createProviderEmbedder(options: ProviderEmbedderOptions): Embedder {
  const { id, dimensions, maxBatch } = options
  return {
    id,
    dimensions,
    maxBatch,

    async embed(texts, signal) {
      signal?.throwIfAborted()
      if (texts.length > maxBatch)
        throw new RangeError(`at most ${maxBatch} texts a call, got ${texts.length}`)
      if (texts.length === 0) return []
      const vectors = await options.embedTexts(texts, signal)
      if (vectors.length !== texts.length) {
        throw new Error(`${id} answered ${vectors.length} vectors for ${texts.length} texts`)
      }
      return vectors.map((vector) => {
        if (vector.length !== dimensions) {
          throw new Error(`${id} answered a vector of ${vector.length} dimensions instead of ${dimensions}`)
        }
        const copy = Float32Array.from(vector)
        if (!copy.every(Number.isFinite)) throw new Error(`${id} answered a vector that is not all numbers`)
        return scaleToLengthOne(copy)
      })
    },

    async close() {},
  }
}
