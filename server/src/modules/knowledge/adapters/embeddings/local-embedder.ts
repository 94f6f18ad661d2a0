import { Worker } from 'node:worker_threads'
import { embedderClosed, embedderFailed } from '../../errors.ts'
import type { Embedder } from './embedder.ts'
import type { EmbedRequest, EmbedResponse } from './local-embedder-worker.ts'
import { SENTENCE_DIMENSIONS } from './sentence-encoder.ts'

/**
 * Embeds with the weights that ship with the program, in one worker thread.
 *
 * States: asleep (no thread) → awake (a thread that loads, works or idles) → asleep, and closed for good.
 * Invariants:
 *  - there is at most one thread, and at most one slice of texts in it;
 *  - a request is in exactly one of: a queue, in flight (its slice is in the thread, the request still in its queue),
 *    settled;
 *  - a question (few texts) overtakes ingestion between two slices, so it waits for one slice at most;
 *  - a thread that dies takes only the request in flight with it; the next slice starts a new thread;
 *  - nothing here keeps the process alive but a slice in flight.
 */

/** Calls with at most this many texts are questions; the others are ingestion. */
const QUESTION_TEXTS = 4
/** A slice holds at most this many texts and characters: about 100 ms of work, unless one text alone is longer. */
const SLICE_TEXTS = 8
const SLICE_CHARACTERS = 2_000
const MAX_BATCH = 512

/** The embedding space: the weights, and how longer texts are cut into windows. Changes when either does. */
const SPACE_ID = 'local/use-lite-en-512-v1'

export interface EmbedderLog {
  info(fields: Record<string, unknown>, message: string): void
  warn(fields: Record<string, unknown>, message: string): void
}

export interface LocalEmbedderOptions {
  /** How long the thread, with its 100 MB, is kept after the last text. */
  idleUnloadMs: number
  logger?: EmbedderLog
  /** The thread's program. Tests pass one that breaks down. */
  workerUrl?: URL
}

export interface LocalEmbedder extends Embedder {
  /** True while a thread holds the weights. */
  readonly awake: boolean
}

interface Pending {
  texts: readonly string[]
  vectors: Float32Array[]
  settle: (outcome: { vectors: Float32Array[] } | { error: unknown }) => void
}

export function createLocalEmbedder(options: LocalEmbedderOptions): LocalEmbedder {
  const workerUrl = options.workerUrl ?? new URL('./local-embedder-worker.ts', import.meta.url)
  const questions: Pending[] = []
  const ingestion: Pending[] = []
  let worker: Worker | undefined
  let inFlight: Pending | undefined
  let idleTimer: NodeJS.Timeout | undefined
  let closed = false

  const remove = (pending: Pending): void => {
    for (const queue of [questions, ingestion]) {
      const at = queue.indexOf(pending)
      if (at !== -1) queue.splice(at, 1)
    }
  }

  const wake = (): Worker => {
    const started = new Worker(workerUrl, { name: 'embeddings', env: {}, execArgv: [], argv: [] })
    let failure: unknown
    started.on('message', (response: EmbedResponse) => receive(response))
    started.on('error', (error) => {
      failure = error
    })
    started.on('exit', (exitCode) => {
      if (worker !== started) return
      options.logger?.warn({ exitCode, error: String(failure) }, 'the embedding thread ended by itself')
      worker = undefined
      const lost = inFlight
      inFlight = undefined
      if (lost !== undefined) {
        remove(lost)
        lost.settle({ error: embedderFailed({ cause: failure ?? new Error(`exit code ${exitCode}`) }) })
      }
      pump()
    })
    return started
  }

  const sleep = async (): Promise<void> => {
    const stopping = worker
    worker = undefined
    await stopping?.terminate()
  }

  const receive = (response: EmbedResponse): void => {
    const pending = inFlight
    inFlight = undefined
    if (pending !== undefined) {
      if ('error' in response) {
        remove(pending)
        pending.settle({ error: embedderFailed({ cause: new Error(response.error) }) })
      } else {
        pending.vectors.push(...response.vectors)
        if (pending.vectors.length === pending.texts.length) {
          remove(pending)
          pending.settle({ vectors: pending.vectors })
        }
      }
    }
    pump()
  }

  const pump = (): void => {
    if (closed || inFlight !== undefined) return
    const pending = questions[0] ?? ingestion[0]
    if (pending === undefined) {
      worker?.unref()
      clearTimeout(idleTimer)
      if (worker !== undefined) {
        idleTimer = setTimeout(() => {
          options.logger?.info({}, 'the embedding thread was idle and gave its memory back')
          void sleep()
        }, options.idleUnloadMs).unref()
      }
      return
    }
    clearTimeout(idleTimer)
    worker ??= wake()
    worker.ref()
    const texts = takeSlice(pending.texts, pending.vectors.length)
    inFlight = pending
    worker.postMessage({ texts } satisfies EmbedRequest)
  }

  return {
    id: SPACE_ID,
    dimensions: SENTENCE_DIMENSIONS,
    maxBatch: MAX_BATCH,
    get awake() {
      return worker !== undefined
    },

    async embed(texts, signal) {
      signal?.throwIfAborted()
      if (closed) throw embedderClosed()
      if (texts.length > MAX_BATCH)
        throw new RangeError(`at most ${MAX_BATCH} texts a call, got ${texts.length}`)
      if (texts.length === 0) return []
      return await new Promise<Float32Array[]>((resolve, reject) => {
        const abort = (): void => {
          remove(pending)
          pending.settle({ error: signal?.reason })
        }
        const pending: Pending = {
          texts: [...texts],
          vectors: [],
          settle: (outcome) => {
            signal?.removeEventListener('abort', abort)
            if ('vectors' in outcome) resolve(outcome.vectors)
            else reject(outcome.error)
          },
        }
        signal?.addEventListener('abort', abort, { once: true })
        const queue = texts.length <= QUESTION_TEXTS ? questions : ingestion
        queue.push(pending)
        pump()
      })
    },

    async close() {
      if (closed) return
      closed = true
      clearTimeout(idleTimer)
      for (const pending of [...questions.splice(0), ...ingestion.splice(0)]) {
        pending.settle({ error: embedderClosed() })
      }
      await sleep()
    },
  }
}

/** The texts from `start` on that make the next slice: at least one, then as many as the limits allow. */
function takeSlice(texts: readonly string[], start: number): string[] {
  const slice: string[] = []
  let characters = 0
  for (const text of texts.slice(start, start + SLICE_TEXTS)) {
    characters += text.length
    if (slice.length > 0 && characters > SLICE_CHARACTERS) break
    slice.push(text)
  }
  return slice
}
