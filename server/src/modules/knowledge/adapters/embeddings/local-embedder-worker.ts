import { setPriority } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { createSentenceEncoder } from './sentence-encoder.ts'
import { loadSentenceModel } from './sentence-model.ts'
import { createTokenizer } from './sentence-tokenizer.ts'

/** The thread of the local embedder: one message in, one message out, in order. */
export interface EmbedRequest {
  texts: string[]
}
export type EmbedResponse = { vectors: Float32Array[] } | { error: string }

/** What follows in a longer text is not read: 32,000 characters are some 60 windows of the network, about 2 s. */
const READ_CHARACTERS = 32_000
/** Requests and the database go first. On Linux a priority belongs to the thread; elsewhere it would slow the server. */
const THREAD_NICENESS = 10

function serve(port: NonNullable<typeof parentPort>): void {
  if (process.platform === 'linux') setPriority(0, THREAD_NICENESS)
  const model = loadSentenceModel()
  const tokenize = createTokenizer(model.vocabulary)
  const encode = createSentenceEncoder(model)
  port.on('message', (request: EmbedRequest) => {
    let response: EmbedResponse
    let transfer: ArrayBuffer[] = []
    try {
      const vectors = request.texts.map((text) => encode(tokenize(text.slice(0, READ_CHARACTERS))))
      // The encoder's vectors are plain arrays of their own, never shared memory.
      transfer = vectors.map((vector) => vector.buffer as ArrayBuffer)
      response = { vectors }
    } catch (error) {
      response = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
    }
    port.postMessage(response, transfer)
  })
}

if (parentPort !== null) serve(parentPort)
