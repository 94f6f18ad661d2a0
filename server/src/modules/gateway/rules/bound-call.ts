import type { ChatRequest, EmbeddingsRequest } from '../contract.ts'
import { type ModelPrice, ratesFor } from './price-call.ts'

/**
 * The upper bound of a call before it leaves: what a hard budget holds.
 *
 * Why the input bound is never below the true count. The tokenizers of the served models work on bytes, or on
 * characters with bytes as the last resort, so a token covers at least one byte of the text it was made from, and
 * bytes of UTF-8 bound tokens. That text may first be normalized, which can only lengthen what is not ASCII, so the
 * longer of the text and its NFKC form counts. What the provider adds is bounded by constants: role marks a message,
 * a template's own preamble, the preamble of tool use, and tools written as indented JSON. A tighter bound that holds for every vocabulary does not exist: one letter can be one token.
 * Where the model's window is known it bounds too, since a longer input is refused before it is charged.
 */
export interface CallBound {
  readonly inputTokensBound: number
  /** The output cap to send to the provider. */
  readonly outputTokensCap: number
  /** No call within the bound and the cap costs more, at the given price. */
  readonly costNanosBound: bigint
}

export interface BoundedModel {
  readonly contextTokens: number | null
  readonly maxOutputTokens: number | null
  readonly price: ModelPrice
  /** Most tokens one image can take, where the provider documents it. */
  readonly imageTokensBound: number | null
}

const tokensPerMessage = 16
const tokensPerCall = 256
const tokensForToolUse = 1_024
/** The dearest documented image on any served model takes 48,169 tokens. */
const tokensPerImage = 50_000
/** The cap for a model whose own limit is unknown and a caller who named none. */
const fallbackOutputTokens = 8_192
const million = 1_000_000n

/**
 * @param defaultOutputTokens the cap where the caller named none and the model allows more
 */
export function boundChatCall(
  body: ChatRequest,
  model: BoundedModel,
  defaultOutputTokens?: number,
): CallBound {
  const input = boundChatInput(body, model)
  const asked = callerOutputCap(body)
  const allowed = model.maxOutputTokens ?? Math.max(asked ?? 0, defaultOutputTokens ?? fallbackOutputTokens)
  const outputTokensCap = Math.min(asked ?? defaultOutputTokens ?? allowed, allowed)
  const rates = ratesFor(input, model.price)
  const inputRate = asksForPromptCaching(body) ? dearestCacheWrite(rates) : rates.inputNanosPerMillion
  const output = outputTokensCap + predictionTokens(body)
  return {
    inputTokensBound: input,
    outputTokensCap,
    costNanosBound: costBound(input, inputRate, output, rates.outputNanosPerMillion),
  }
}

export function boundEmbeddingCall(body: EmbeddingsRequest, model: BoundedModel): CallBound {
  const inputs: readonly (string | number | number[])[] = Array.isArray(body.input)
    ? body.input
    : [body.input]
  let input = 0
  for (const item of inputs) {
    const tokens = typeof item === 'string' ? textTokens(item) : typeof item === 'number' ? 1 : item.length
    // Every text is one input of its own and so bounded by the window of its own.
    input += typeof item === 'number' ? tokens : withinWindow(tokens + tokensPerMessage, model.contextTokens)
  }
  const rate = ratesFor(input, model.price).inputNanosPerMillion
  return { inputTokensBound: input, outputTokensCap: 0, costNanosBound: costBound(input, rate, 0, 0n) }
}

/**
 * The largest output cap that `availableNanos` pays for beside the whole input, at most `bound.outputTokensCap`.
 * 0 when not even the input is covered.
 */
export function affordOutputTokens(bound: CallBound, price: ModelPrice, availableNanos: bigint): number {
  if (bound.costNanosBound <= availableNanos) return bound.outputTokensCap
  const rate = ratesFor(bound.inputTokensBound, price).outputNanosPerMillion
  if (rate === 0n) return 0
  const missing = bound.costNanosBound - availableNanos
  const tooMany = (missing * million + rate - 1n) / rate
  const affordable = BigInt(bound.outputTokensCap) - tooMany
  return affordable > 0n ? Number(affordable) : 0
}

/** The smaller of the caller's two caps; undefined when there is none. */
export function callerOutputCap(body: ChatRequest): number | undefined {
  const caps = [body.max_tokens, body.max_completion_tokens].filter((cap) => typeof cap === 'number')
  return caps.length === 0 ? undefined : Math.min(...caps)
}

function costBound(input: number, inputRate: bigint, output: number, outputRate: bigint): bigint {
  const total = BigInt(input) * inputRate + BigInt(output) * outputRate
  return (total + million - 1n) / million
}

function boundChatInput(body: ChatRequest, model: BoundedModel): number {
  let tokens = tokensPerCall
  for (const message of body.messages) {
    tokens += tokensPerMessage
    for (const [key, value] of Object.entries(message)) {
      if (key !== 'content') tokens += jsonTokens(value)
      else if (typeof value === 'string') tokens += textTokens(value)
      else if (Array.isArray(value)) {
        for (const part of value) {
          const partTokens = contentPartTokens(part, model)
          // A file can hold any number of tokens, so only the window bounds it.
          if (partTokens === undefined && model.contextTokens !== null) return model.contextTokens
          tokens += partTokens ?? jsonTokens(part)
        }
      }
    }
  }
  if (body.tools || body.functions) tokens += tokensForToolUse
  for (const [key, value] of Object.entries(body)) {
    if (key !== 'messages') tokens += jsonTokens(value)
  }
  return withinWindow(tokens, model.contextTokens)
}

function contentPartTokens(part: unknown, model: BoundedModel): number | undefined {
  // A part has passed the request schema, which makes it an object with a type.
  const { type, text } = part as { type?: unknown; text?: unknown }
  if (type === 'image_url') return model.imageTokensBound ?? tokensPerImage
  if ((type === 'text' || type === 'refusal') && typeof text === 'string') return textTokens(text)
  return undefined
}

function textTokens(text: string): number {
  const bytes = Buffer.byteLength(text)
  return bytes === text.length ? bytes : Math.max(bytes, Buffer.byteLength(text.normalize('NFKC')))
}

/** Bytes of a value in the longest JSON a chat template writes: indented by four, all but ASCII escaped as \uXXXX. */
function jsonTokens(value: unknown): number {
  if (value === undefined) return 0
  const text = JSON.stringify(value, null, 4)
  const bytes = Buffer.byteLength(text)
  if (bytes === text.length) return bytes
  let tokens = 0
  for (let index = 0; index < text.length; index++) tokens += text.charCodeAt(index) < 128 ? 1 : 6
  return tokens
}

function withinWindow(tokens: number, contextTokens: number | null): number {
  return contextTokens === null ? tokens : Math.min(tokens, contextTokens)
}

/** Writing to a prompt cache for an hour costs twice the input price where it is offered. */
function dearestCacheWrite(rates: {
  inputNanosPerMillion: bigint
  cacheWriteNanosPerMillion: bigint
}): bigint {
  const twice = 2n * rates.inputNanosPerMillion
  return rates.cacheWriteNanosPerMillion > twice ? rates.cacheWriteNanosPerMillion : twice
}

function asksForPromptCaching(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  for (const [key, item] of Object.entries(value)) {
    if (key === 'cache_control' || asksForPromptCaching(item)) return true
  }
  return false
}

/** A predicted output is charged as output even where it is not used, beside the cap. */
function predictionTokens(body: ChatRequest): number {
  return body.prediction === undefined || body.prediction === null ? 0 : jsonTokens(body.prediction)
}
