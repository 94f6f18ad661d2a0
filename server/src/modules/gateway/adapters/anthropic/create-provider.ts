import type { Clock } from '../../../../platform/clock.ts'
import { createExchangeClient, type ExchangeLimits, exchangeLimits } from '../http/http-exchange.ts'
import { type ErrorSource, make } from '../http/map-error.ts'
import { isObject, parseJson } from '../json-value.ts'
import type { ChatCall, ChatChunk, ChatResult, ListedModel, NativeMessages, Provider } from '../provider.ts'
import { readEvents } from './read-events.ts'
import { finishReasonOf, toCompletion } from './read-message.ts'
import { readMessageUsage } from './read-message-usage.ts'
import { buildMessageBody } from './request-body.ts'
import { nativeChunks, translatedChunks } from './stream-chunks.ts'

export interface AnthropicOptions extends Partial<ExchangeLimits> {
  /** Without the version: `https://api.anthropic.com`. One that ends in `/v1` is taken as well. */
  readonly baseUrl: string
  readonly apiKey: string
  readonly clock: Clock
}

const providerId = 'anthropic'
const apiVersion = '2023-06-01'

/**
 * Anthropic itself, in its own protocol. Chats are translated; a caller of `/v1/messages` is passed on as they are. It makes
 * no embeddings. Throws `TypeError` when the base URL is none.
 */
export function createAnthropicProvider(options: AnthropicOptions): Provider {
  const baseUrl = new URL(options.baseUrl.replace(/\/+$/, '').replace(/\/v1$/, ''))
  const source: ErrorSource = { providerId, secrets: [options.apiKey] }
  const client = createExchangeClient(
    source,
    baseUrl,
    {
      accept: 'application/json, text/event-stream',
      'user-agent': 'freehold',
      'x-api-key': options.apiKey,
      'anthropic-version': apiVersion,
    },
    exchangeLimits(options),
  )
  const createdSeconds = () => Math.floor(options.clock.now().getTime() / 1_000)

  function send(call: ChatCall, stream: boolean) {
    call.signal.throwIfAborted()
    const { native } = call
    const body = native
      ? { ...native.body, model: call.deploymentModel, max_tokens: call.maxOutputTokens, stream }
      : buildMessageBody(call, stream, source)
    const headers = native?.betas ? { 'anthropic-beta': native.betas } : {}
    return client.send('POST', '/v1/messages', body, call.signal, call.requestId, headers)
  }

  async function chat(call: ChatCall): Promise<ChatResult> {
    const exchange = await send(call, false)
    const message = parseJson(await exchange.text())
    if (!isObject(message) || message.type !== 'message' || !Array.isArray(message.content))
      throw make(source, 'bad_response', 'sent something that is no answer')
    const translated = toCompletion(message, createdSeconds())
    return {
      body: call.native ? message : translated.body,
      text: translated.text,
      finishReason: finishReasonOf(message.stop_reason),
      usage: readMessageUsage(message.usage),
    }
  }

  async function* streamChat(call: ChatCall): AsyncGenerator<ChatChunk, void, undefined> {
    const exchange = await send(call, true)
    if (!exchange.contentType.startsWith('text/event-stream')) {
      await exchange.text()
      throw make(source, 'bad_response', 'sent something that is no answer')
    }
    const events = readEvents(exchange, source, call.signal)
    if (call.native) yield* nativeChunks(events)
    else
      yield* translatedChunks(events, {
        created: createdSeconds(),
        usageAskedFor: call.body.stream_options?.include_usage === true,
      })
  }

  async function listModels(signal: AbortSignal): Promise<readonly ListedModel[]> {
    const exchange = await client.send('GET', '/v1/models?limit=1000', undefined, signal, 'list-models')
    const body = parseJson(await exchange.text())
    if (!isObject(body) || !Array.isArray(body.data))
      throw make(source, 'bad_response', 'sent something that is no list of models')
    return body.data.filter(isObject).flatMap(({ id }) => (typeof id === 'string' ? listed(id) : []))
  }

  async function countTokens(
    { body, betas }: NativeMessages,
    model: string,
    signal: AbortSignal,
    requestId: string,
  ): Promise<number> {
    const headers = betas ? { 'anthropic-beta': betas } : {}
    const path = '/v1/messages/count_tokens'
    const exchange = await client.send('POST', path, { ...body, model }, signal, requestId, headers)
    const counted = parseJson(await exchange.text())
    if (!isObject(counted) || typeof counted.input_tokens !== 'number')
      throw make(source, 'bad_response', 'sent something that is no count')
    return counted.input_tokens
  }

  return {
    id: providerId,
    kind: 'anthropic',
    traits: {
      topK: true,
      cacheControl: true,
      reasoningDetails: true,
      messagesApi: true,
      outputCap: 'max_tokens',
    },
    chat,
    streamChat,
    async embed({ signal }) {
      signal.throwIfAborted()
      throw make(source, 'rejected', 'makes no embeddings')
    },
    countTokens,
    listModels,
    close: () => client.close(),
  }
}

function listed(id: string): ListedModel {
  return {
    id,
    contextTokens: null,
    maxOutputTokens: null,
    inputNanosPerMillion: null,
    outputNanosPerMillion: null,
  }
}
