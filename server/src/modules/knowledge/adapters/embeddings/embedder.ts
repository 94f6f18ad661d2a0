/** Turns texts into vectors. Two adapters: weights that ship with the program, and a provider over the gateway. */
export interface Embedder {
  /** Names the embedding space. Vectors of different ids must never be compared; stored beside every vector. */
  readonly id: string
  readonly dimensions: number
  /** The most texts one call of `embed` takes. */
  readonly maxBatch: number
  /**
   * Embeds texts, answering one vector of length 1 (L2) for each, in the order given.
   * Rejects with the signal's reason when aborted, or with an AppError when the texts cannot be embedded.
   */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]>
  /** Gives everything back. Calls that are still waiting are rejected. */
  close(): Promise<void>
}
