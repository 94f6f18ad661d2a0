import { createExchangeClient, type ExchangeLimits, exchangeLimits } from '../http/http-exchange.ts'
import { type ErrorSource, errorObject, errorOfObject, make } from '../http/map-error.ts'
import { isObject, parseJson, textOf } from '../json-value.ts'
import type { ChatCall, ChatChunk, ChatResult, Provider } from '../provider.ts'
import { embedInBatches } from './embed-batches.ts'
import { readModelList } from './list-models.ts'
import { readChunks } from './read-stream.ts'
import { readUsage } from './read-usage.ts'
import { buildChatBody, type Dialect, dialectOf, traitsOf } from './request-body.ts'

export interface OpenAiCompatibleOptions extends Partial<ExchangeLimits> {
  /** Names the provider in errors, records and model lists: `openrouter`, `openai`, `ollama`. */
  readonly id: string
  /** With the version in the path: `https://openrouter.ai/api/v1`. */
  readonly baseUrl: string
  /** Absent for servers that ask for none. */
  readonly apiKey?: string
  /** Sent with every request, such as OpenRouter's `HTTP-Referer` and `X-Title`. */
  readonly headers?: Readonly<Record<string, string>>
  /** Told from the base URL's host where absent. */
  readonly dialect?: Dialect
  /** Most inputs in one embeddings request. */
  readonly maxEmbeddingInputs?: number
  /** Most bytes of text in one embeddings request. */
  readonly maxEmbeddingBytes?: number
}

/**
 * A provider that speaks OpenAI's protocol: OpenRouter, OpenAI, Ollama, vLLM and most others. One pool of kept-alive
 * connections, opened as calls need them. Throws `TypeError` when the base URL is none.
 */
export function createOpenAiCompatibleProvider(options: OpenAiCompatibleOptions): Provider {
  const baseUrl = new URL(options.baseUrl)
  const dialect = options.dialect ?? dialectOf(baseUrl)
  const source: ErrorSource = { providerId: options.id, secrets: options.apiKey ? [options.apiKey] : [] }
  const client = createExchangeClient(source, baseUrl, headersOf(options), exchangeLimits(options))

  async function chat(call: ChatCall): Promise<ChatResult> {
    const sent = buildChatBody(call, false, dialect)
    const exchange = await client.send('POST', '/chat/completions', sent, call.signal, call.requestId)
    return readResult(await exchange.text(), source)
  }

  async function* streamChat(call: ChatCall): AsyncGenerator<ChatChunk, void, undefined> {
    const sent = buildChatBody(call, true, dialect)
    const exchange = await client.send('POST', '/chat/completions', sent, call.signal, call.requestId)
    if (!exchange.contentType.startsWith('text/event-stream'))
      throw await errorOfUnstreamed(exchange.text(), source)
    yield* readChunks(exchange, source, call.body.stream_options?.include_usage === true, call.signal)
  }

  return {
    id: options.id,
    kind: 'openai-compatible',
    traits: traitsOf[dialect],
    chat,
    streamChat,
    embed: (call) =>
      embedInBatches(client, source, call, {
        maxInputs: options.maxEmbeddingInputs ?? 512,
        maxBytes: options.maxEmbeddingBytes ?? 768 * 1024,
      }),
    listModels: (signal) => readModelList(client, source, signal),
    close: () => client.close(),
  }
}

function headersOf(options: OpenAiCompatibleOptions): Record<string, string> {
  return {
    accept: 'application/json, text/event-stream',
    'user-agent': 'freehold',
    ...options.headers,
    ...(options.apiKey ? { authorization: `Bearer ${options.apiKey}` } : {}),
  }
}

function readResult(text: string, source: ErrorSource): ChatResult {
  const body = parseJson(text)
  if (!isObject(body)) throw make(source, 'bad_response', 'sent something that is no answer')
  const choice: unknown = Array.isArray(body.choices) ? body.choices[0] : undefined
  if (!isObject(choice) || !isObject(choice.message)) throw errorOfAnswer(body, source)
  // OpenRouter reports the failure of the upstream inside the choice.
  if (isObject(choice.error)) throw errorOfObject(source, choice.error, null)
  return {
    // An SDK of the field refuses a completion without a fingerprint.
    body: {
      ...body,
      system_fingerprint:
        typeof body.system_fingerprint === 'string' ? body.system_fingerprint : `fp_${source.providerId}`,
    },
    text: textOf(choice.message.content),
    finishReason: typeof choice.finish_reason === 'string' ? choice.finish_reason : undefined,
    usage: readUsage(body.usage),
  }
}

/** A success that is no stream: an error in place of the answer, or the page of something else. */
async function errorOfUnstreamed(text: Promise<string>, source: ErrorSource): Promise<Error> {
  const body = parseJson(await text)
  return errorOfAnswer(isObject(body) ? body : {}, source)
}

function errorOfAnswer(body: Readonly<Record<string, unknown>>, source: ErrorSource): Error {
  const error = errorObject(body)
  return error
    ? errorOfObject(source, error, null)
    : make(source, 'bad_response', 'sent something that is no answer')
}
