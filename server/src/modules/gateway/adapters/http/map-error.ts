import { isObject, type JsonObject, parseJson } from '../json-value.ts'
import { ProviderError, type ProviderErrorKind } from '../provider-error.ts'
import { cleanMessage } from './clean-message.ts'

/** Who answered, as far as errors need it. */
export interface ErrorSource {
  readonly providerId: string
  /** Must never appear in a message. */
  readonly secrets: readonly string[]
}

const contextPattern =
  /context[ _](?:length|window|size)|maximum context|too many (?:input )?tokens|(?:prompt|input) is too long|reduce the length/i
const contentPattern = /content_filter|content_policy_violation|content management policy/i
const quotaPattern =
  /credit balance is too low|insufficient[ _](?:quota|balance|credits?|funds)|exceeded your current quota|billing|out of credits/i

/** The error of an HTTP reply that is no success. `text` is its body, cut to what a reader needs. */
export function errorOfReply(
  source: ErrorSource,
  reply: { readonly status: number; readonly text: string; readonly retryAfterMs: number | null },
): ProviderError {
  const body = parseJson(reply.text)
  const error = isObject(body) ? errorObject(body) : undefined
  if (reply.status >= 300 && reply.status < 400) {
    return make(
      source,
      'bad_response',
      'answered with a redirect; its base URL is probably not right',
      reply.status,
    )
  }
  if (reply.status === 404 && !error) {
    return make(
      source,
      'bad_response',
      'has nothing at this address; its base URL is probably not right',
      reply.status,
    )
  }
  return errorOfObject(source, error ?? {}, reply.status, reply.retryAfterMs)
}

/** The error object that a provider sent in place of an answer, or in the middle of one. */
export function errorOfObject(
  source: ErrorSource,
  error: JsonObject,
  status: number | null,
  retryAfterMs: number | null = null,
  beforeFirstByte = true,
): ProviderError {
  const words = `${codeOf(error)} ${error.type ?? ''} ${originalMessage(error) ?? ''}`
  const kind = kindOf(status ?? statusOf(error), words, error)
  const said = cleanMessage(originalMessage(error), source.secrets)
  const message = messageOf(kind, said, status === 402 || quotaPattern.test(words))
  const param = cleanMessage(error.param, source.secrets) ?? null
  return make(source, kind, message, status ?? statusOf(error), { retryAfterMs, param }, beforeFirstByte)
}

/** `{"error": {…}}`, `{"error": "text"}`, or FastAPI's `{"detail": …}` as one object. */
export function errorObject(body: JsonObject): JsonObject | undefined {
  if (isObject(body.error)) return body.error
  if (typeof body.error === 'string') return { message: body.error }
  if (typeof body.detail === 'string') return { message: body.detail }
  // Some servers send the error's fields at the top.
  return body.object === 'error' || typeof body.message === 'string' ? body : undefined
}

export function make(
  source: ErrorSource,
  kind: ProviderErrorKind,
  whatHappened: string,
  status: number | null = null,
  more: { retryAfterMs?: number | null; param?: string | null; cause?: unknown } = {},
  beforeFirstByte = true,
): ProviderError {
  const message = `The provider '${source.providerId}' ${whatHappened}.`.replace(/([.!?…])\.$/, '$1')
  return new ProviderError({ kind, providerId: source.providerId, message, status, ...more }, beforeFirstByte)
}

function kindOf(status: number | null, words: string, error: JsonObject): ProviderErrorKind {
  if (/context_length_exceeded/.test(words)) return 'context_too_long'
  if (status === null) {
    if (/rate[_ ]limit/i.test(words)) return 'rate_limited'
    return 'unavailable'
  }
  if (status === 401 || status === 402) return 'authentication'
  if (status === 403) return isModeration(error) ? 'content_refused' : 'authentication'
  if (status === 408 || status === 504 || status === 522 || status === 524) return 'timeout'
  if (status === 409 || status === 425) return 'unavailable'
  if (status === 413) return 'context_too_long'
  // Anthropic has no status of its own for an account without credit.
  if (status === 400 && /credit balance is too low/i.test(words)) return 'authentication'
  if (status === 429) return quotaPattern.test(words) ? 'authentication' : 'rate_limited'
  if (status >= 500) return 'unavailable'
  if (status >= 400) {
    if (contextPattern.test(words)) return 'context_too_long'
    return contentPattern.test(words) ? 'content_refused' : 'rejected'
  }
  return 'bad_response'
}

/** What the caller is told. A provider's own words are passed on only where the caller can act on them. */
function messageOf(kind: ProviderErrorKind, said: string | undefined, noCredit: boolean): string {
  const because = said ? `: ${said}` : ''
  switch (kind) {
    case 'rate_limited':
      return 'is limiting the rate of calls; try again shortly'
    case 'unavailable':
      return 'cannot answer now; try again shortly'
    case 'timeout':
      return 'did not answer in time'
    case 'authentication':
      return noCredit
        ? "refuses this server's account: its credit or quota is used up. The operator of this installation has to act"
        : "does not accept this server's credentials for this call. The operator of this installation has to check the key"
    case 'context_too_long':
      return `says that the input does not fit the model${because}`
    case 'rejected':
    case 'content_refused':
      return `does not accept this request${because}`
    case 'stream_cut':
      return 'broke off the answer before it was complete'
    case 'bad_response':
      return 'sent something that is no answer'
  }
}

function isModeration(error: JsonObject): boolean {
  const metadata = isObject(error.metadata) ? error.metadata : {}
  return (
    Array.isArray(metadata.reasons) ||
    'flagged_input' in metadata ||
    /moderation|flagged/i.test(String(error.message))
  )
}

/** The message of the error; where a router wraps the upstream's error, that one's. */
function originalMessage(error: JsonObject): unknown {
  const metadata = isObject(error.metadata) ? error.metadata : {}
  const raw = typeof metadata.raw === 'string' ? parseJson(metadata.raw) : metadata.raw
  const upstream = isObject(raw) ? errorObject(raw) : undefined
  return upstream?.message ?? error.message
}

function codeOf(error: JsonObject): string {
  return typeof error.code === 'string' || typeof error.code === 'number' ? String(error.code) : ''
}

/** OpenRouter and others put the HTTP status into `code`. */
function statusOf(error: JsonObject): number | null {
  const code = Number(error.code ?? error.status)
  return Number.isInteger(code) && code >= 400 && code < 600 ? code : null
}
