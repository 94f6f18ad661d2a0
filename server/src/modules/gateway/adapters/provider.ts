import type { ChatRequest, EmbeddingsRequest } from '../contract.ts'

/**
 * The port to whatever answers a call. An adapter maps; it does not authorize, retry, fall back or count money.
 *
 * Promises every adapter keeps (`provider.suite.ts` checks them):
 * - it sends the output cap it was given and never a higher one of the caller;
 * - aborting `signal` ends the call at the provider too, and the call rejects with the signal's reason;
 * - every other failure is a `ProviderError`, whose message holds no credential and no markup;
 * - a stream that ends without an error was complete: it had a finish reason or the provider's end mark.
 */
export interface Provider {
  readonly id: string
  readonly kind: 'openai-compatible' | 'anthropic' | 'local'
  readonly traits: ProviderTraits
  /** One whole answer. */
  chat(call: ChatCall): Promise<ChatResult>
  /** The answer as it is written. Leaving the loop early aborts the call at the provider. */
  streamChat(call: ChatCall): AsyncIterable<ChatChunk>
  /** Any number of inputs: the adapter splits them into as many requests as the provider needs. */
  embed(call: EmbedCall): Promise<EmbedResult>
  /** How many tokens the provider counts in a prompt of its own protocol, where it can be asked; nothing is charged. */
  countTokens?(prompt: NativeMessages, model: string, signal: AbortSignal, requestId: string): Promise<number>
  /** What the provider says it serves. Throws `ProviderError` when it cannot say. */
  listModels(signal: AbortSignal): Promise<readonly ListedModel[]>
  /** Ends open connections. Calls still running are aborted. */
  close(): Promise<void>
}

/** What a provider takes that not all do, for bodies that this server writes itself. */
export interface ProviderTraits {
  /** Sampling from the `top_k` likeliest tokens; others refuse the field or ignore it. */
  readonly topK: boolean
  /** Marks of prompt caching on the request, its tools and the parts of its messages. */
  readonly cacheControl: boolean
  /** What was said of earlier reasoning in the messages of the model: others refuse the field or ignore it. */
  readonly reasoningDetails: boolean
  /** Speaks Anthropic's Messages API itself, so that nothing of such a request has to be translated. */
  readonly messagesApi: boolean
  /** The name of the output cap that all its models take. */
  readonly outputCap: 'max_tokens' | 'max_completion_tokens'
}

/** A passage that was retrieved for the question; `[marker]` in an answer refers to it. */
export interface Passage {
  readonly marker: number
  readonly text: string
  readonly documentName: string
  readonly page: number | null
  readonly heading: string | null
  /** Rank score of the retrieval; only its order and ratio to the other passages' scores mean something. */
  readonly score: number
  /** Cosine of question and passage where the retrieval knows it: evidence of meaning without common words. */
  readonly similarity?: number | null
}

/** A request in Anthropic's own protocol, for a provider that speaks it. */
export interface NativeMessages {
  readonly body: Readonly<Record<string, unknown>>
  /** The caller's `anthropic-beta`, passed on. */
  readonly betas: string | null
}

export interface ChatCall {
  /** The model's name at the provider. */
  readonly deploymentModel: string
  /** The caller's validated body; its unknown fields go along. */
  readonly body: ChatRequest
  /** Output cap in tokens, sent to the provider. At least 1. */
  readonly maxOutputTokens: number
  /** For the local model, which quotes them; a language model finds them in the messages. Empty: nothing was found. */
  readonly passages?: readonly Passage[]
  /** Sent in the place of `body`, which then says the same for estimates; answered in the same protocol. */
  readonly native?: NativeMessages
  readonly signal: AbortSignal
  readonly requestId: string
}

export interface EmbedCall {
  readonly deploymentModel: string
  readonly body: EmbeddingsRequest
  readonly signal: AbortSignal
  readonly requestId: string
}

/** Tokens as the provider counted them. `cachedTokens` and `cacheWriteTokens` are parts of `promptTokens`, `reasoningTokens` of `completionTokens`. */
export interface ProviderUsage {
  readonly promptTokens: number
  readonly cachedTokens: number
  /** Tokens written to the provider's prompt cache, which some charge above the input price. Absent means none. */
  readonly cacheWriteTokens?: number
  /** Those of `cacheWriteTokens` that are kept for an hour, which some charge more for. */
  readonly cacheWriteHourTokens?: number
  readonly completionTokens: number
  readonly reasoningTokens: number
  /** What the provider charges beside tokens, such as for searches. */
  readonly feesNanos?: bigint
  /** What the provider says the call cost, in nano-dollars; null when it does not say. */
  readonly reportedCostNanos: bigint | null
}

export interface ChatResult {
  /** The answer as an OpenAI `chat.completion` object, as sent; it always has a string `system_fingerprint`. */
  readonly body: Readonly<Record<string, unknown>>
  /** The text of the first choice; empty when the answer is tool calls only. */
  readonly text: string
  readonly finishReason: string | undefined
  /** Undefined when the provider did not say. */
  readonly usage: ProviderUsage | undefined
}

export interface ChatChunk {
  /** The JSON payload of one event, exactly as it was sent: `data: ${data}\n\n` passes it on. */
  readonly data: string
  /** The text this event adds to the first choice. */
  readonly textDelta: string
  /** Present on the events that carry it; it may come never, once or often, and the last one counts. */
  readonly usage: ProviderUsage | undefined
  /** What has been used up to this event, for a stream that goes no further: the input as counted, the output estimated. */
  readonly usageSoFar?: ProviderUsage | undefined
  readonly finishReason: string | undefined
  /** True for the event that only reports usage, when the caller did not ask for it: read it, do not pass it on. */
  readonly hidden: boolean
}

export interface EmbedResult {
  /** An OpenAI embeddings `list` object; vectors in the encoding the caller asked for, in the order of the input. */
  readonly body: Readonly<Record<string, unknown>>
  readonly usage: ProviderUsage | undefined
}

/** A model in a provider's own list. Prices are nano-dollars per million tokens, null when the list has none. */
export interface ListedModel {
  readonly id: string
  readonly contextTokens: number | null
  readonly maxOutputTokens: number | null
  readonly inputNanosPerMillion: bigint | null
  readonly outputNanosPerMillion: bigint | null
  /** Absent where the list does not tell. */
  readonly cachedInputNanosPerMillion?: bigint
  readonly cacheWriteNanosPerMillion?: bigint
}
