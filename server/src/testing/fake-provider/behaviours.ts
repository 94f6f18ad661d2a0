/** What the fake provider does with its next call. Without one it answers by repeating the last user message. */
export type FakeBehaviour =
  | FakeAnswer
  | FakeToolCall
  | FakeFixture
  | FakeStatus
  | {
      readonly kind: 'hang' /** Pieces of the answer sent before; absent: not even headers. */
      readonly afterPieces?: number
      readonly text?: string
      /** Reports usage with each piece, as some servers can. */
      readonly countsPieces?: boolean
    }
  | {
      readonly kind: 'cut' /** Pieces of the answer sent before the connection breaks. */
      readonly afterPieces: number
      readonly text?: string
      readonly countsPieces?: boolean
      readonly clean?: boolean
    }
  | { readonly kind: 'long_line'; readonly bytes: number }
  | {
      readonly kind: 'stream_error'
      readonly afterPieces: number
      readonly error: unknown
      readonly text?: string
      readonly countsPieces?: boolean
    }
  | {
      readonly kind: 'raw' /** Written as they are, one write each. */
      readonly writes: readonly (string | Uint8Array)[]
      readonly contentType?: string
    }

export interface FakeAnswer {
  readonly kind: 'answer'
  /** Absent: the last user message. */
  readonly text?: string
  readonly delayBeforeMs?: number
  readonly delayPerPieceMs?: number
  /** How often a stream reports usage. */
  readonly usage?: 'once' | 'never' | 'twice'
  /** Reported cost in dollars, as OpenRouter does. */
  readonly cost?: number
  readonly finishReason?: string
  readonly lineEnd?: '\n' | '\r\n'
  /** Sends `: OPENROUTER PROCESSING` before the answer. */
  readonly comments?: boolean
  /** Writes the stream in pieces of so many bytes, which splits characters and lines anywhere. */
  readonly bytesPerWrite?: number
  /** False: the stream ends without `[DONE]`. */
  readonly endMark?: boolean
  readonly systemFingerprint?: string | null
  /** Overrides the counted tokens. */
  readonly tokens?: {
    readonly prompt?: number
    readonly cached?: number
    readonly completion?: number
    readonly reasoning?: number
  }
}

export interface FakeToolCall {
  readonly kind: 'tool_call'
  readonly name: string
  readonly arguments: Readonly<Record<string, unknown>>
  /** Said before the calls. */
  readonly text?: string
  /** Calls beside the first. */
  readonly also?: readonly {
    readonly name: string
    readonly arguments: Readonly<Record<string, unknown>>
  }[]
}

/** Replays a reply of `fixtures/`, in the exact shape the named provider sends: a JSON body, or the events of a stream. */
export interface FakeFixture {
  readonly kind: 'fixture'
  readonly name: FixtureName
}

export type FixtureName =
  | 'openai-completion'
  | 'openai-stream'
  | 'openrouter-completion'
  | 'openrouter-stream'
  | 'ollama-stream'

export interface FakeStatus {
  readonly kind: 'status'
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export function rateLimited(retryAfter = '7'): FakeStatus {
  const error = {
    message: 'Rate limit reached for gpt-4o-mini in organization org-a1b2c3d4 on requests per min. Limit: 3.',
    type: 'requests',
    param: null,
    code: 'rate_limit_exceeded',
  }
  return { kind: 'status', status: 429, headers: { 'retry-after': retryAfter }, body: { error } }
}

export function serverError(status = 500): FakeStatus {
  const error = {
    message: 'The server had an error while processing your request at 10.1.2.3:8080.',
    type: 'server_error',
    param: null,
    code: null,
  }
  return { kind: 'status', status, body: { error } }
}

export function htmlError(status = 502): FakeStatus {
  return {
    kind: 'status',
    status,
    headers: { 'content-type': 'text/html' },
    body: '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>',
  }
}

export function contextTooLong(): FakeStatus {
  const error = {
    message:
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 130012 tokens. Please reduce the length of the messages.",
    type: 'invalid_request_error',
    param: 'messages',
    code: 'context_length_exceeded',
  }
  return { kind: 'status', status: 400, body: { error } }
}

export function wrongKey(key: string): FakeStatus {
  const error = {
    message: `Incorrect API key provided: ${key}. You can find your API key at https://platform.openai.com/account/api-keys.`,
    type: 'invalid_request_error',
    param: null,
    code: 'invalid_api_key',
  }
  return { kind: 'status', status: 401, body: { error } }
}
