import { decodeVector, type EncodedVector, encodeVector } from '../embedding-encoding.ts'
import type { ExchangeClient } from '../http/http-exchange.ts'
import { type ErrorSource, errorObject, errorOfObject, make } from '../http/map-error.ts'
import { isObject, type JsonObject, parseJson } from '../json-value.ts'
import type { EmbedCall, EmbedResult, ProviderUsage } from '../provider.ts'
import { ProviderError } from '../provider-error.ts'
import { addUsage, readUsage } from './read-usage.ts'

export interface EmbedLimits {
  readonly maxInputs: number
  /** Of the inputs' text in one request. */
  readonly maxBytes: number
}

interface Embedding {
  readonly object: 'embedding'
  readonly index: number
  readonly embedding: EncodedVector
}

type Input = string | readonly number[]

/** Sends the inputs in as many requests as the limits need, one after the other, and answers as if it had been one. */
export async function embedInBatches(
  client: ExchangeClient,
  source: ErrorSource,
  call: EmbedCall,
  limits: EmbedLimits,
): Promise<EmbedResult> {
  const format = call.body.encoding_format ?? 'float'
  const data: Embedding[] = []
  let usage: ProviderUsage | undefined
  let model: unknown
  for (const batch of splitInputs(call.body.input, limits)) {
    try {
      const body = { ...call.body, model: call.deploymentModel, input: batch }
      const exchange = await client.send('POST', '/embeddings', body, call.signal, call.requestId)
      const reply = parseJson(await exchange.text())
      const vectors = readVectors(reply, batch.length, source)
      for (const vector of vectors)
        data.push({ object: 'embedding', index: data.length, embedding: inFormat(vector, format) })
      if (isObject(reply)) {
        usage = addUsage(usage, readUsage(reply.usage))
        model ??= reply.model
      }
    } catch (error) {
      throw usage && error instanceof ProviderError ? withSpent(error, usage) : error
    }
  }
  const promptTokens = usage?.promptTokens ?? 0
  return {
    body: {
      object: 'list',
      model: typeof model === 'string' ? model : call.deploymentModel,
      data,
      usage: { prompt_tokens: promptTokens, total_tokens: promptTokens },
    },
    usage,
  }
}

function splitInputs(input: EmbedCall['body']['input'], limits: EmbedLimits): readonly Input[][] {
  if (typeof input === 'string') return [[input]]
  const first = input[0]
  // An array of numbers is one text, already made into tokens.
  const inputs = (typeof first === 'number' ? [input] : input) as readonly Input[]
  const batches: Input[][] = []
  let batch: Input[] = []
  let bytes = 0
  for (const item of inputs) {
    const size = typeof item === 'string' ? Buffer.byteLength(item) : item.length * 4
    if (batch.length > 0 && (batch.length >= limits.maxInputs || bytes + size > limits.maxBytes)) {
      batches.push(batch)
      batch = []
      bytes = 0
    }
    batch.push(item)
    bytes += size
  }
  batches.push(batch)
  return batches
}

function readVectors(reply: unknown, expected: number, source: ErrorSource): readonly EncodedVector[] {
  if (isObject(reply) && reply.error && !Array.isArray(reply.data)) {
    throw errorOfObject(source, errorObject(reply) ?? {}, null)
  }
  const entries: readonly unknown[] = isObject(reply) && Array.isArray(reply.data) ? reply.data : []
  const vectors: EncodedVector[] = []
  for (const [position, entry] of entries.entries()) {
    const vector = isObject(entry) ? decodeVector(entry.embedding) : undefined
    if (!vector || !isObject(entry)) break
    vectors[indexOf(entry, position)] = entry.embedding as EncodedVector // decodeVector has just read it
  }
  const isWhole = vectors.length === expected && Array.from(vectors, Boolean).every(Boolean)
  if (!isWhole) throw make(source, 'bad_response', 'sent embeddings that do not fit the input')
  return vectors
}

function indexOf(entry: JsonObject, position: number): number {
  return typeof entry.index === 'number' && Number.isInteger(entry.index) && entry.index >= 0
    ? entry.index
    : position
}

/** Servers that know only one encoding answer in it whatever was asked. */
function inFormat(vector: EncodedVector, format: 'float' | 'base64'): EncodedVector {
  if ((typeof vector === 'string') === (format === 'base64')) return vector
  return encodeVector(decodeVector(vector) ?? [], format)
}

function withSpent(error: ProviderError, spent: ProviderUsage): ProviderError {
  const { kind, providerId, message, status, retryAfterMs, param, cause } = error
  return new ProviderError({ kind, providerId, message, status, retryAfterMs, param, spent, cause })
}
