import type { ProviderError } from '../provider-error.ts'
import { type ErrorSource, make } from './map-error.ts'

const timeoutCodes = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
])
const malformedCodes = new Set([
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
])

/**
 * The error of a connection that could not be made or broke.
 * @param answering true once the reply's headers had come: then a broken connection is a broken answer
 */
export function errorOfNetwork(
  source: ErrorSource,
  error: unknown,
  answering: boolean,
  beforeFirstByte: boolean,
): ProviderError {
  const code = codeOf(error)
  const more = { cause: error }
  if (timeoutCodes.has(code)) {
    const what =
      code === 'UND_ERR_BODY_TIMEOUT' ? 'stopped in the middle of the answer' : 'did not answer in time'
    return make(source, 'timeout', what, null, more, beforeFirstByte)
  }
  if (malformedCodes.has(code) || (error instanceof Error && error.name === 'HTTPParserError')) {
    return make(source, 'bad_response', 'sent something that is no answer', null, more, beforeFirstByte)
  }
  if (answering) {
    return make(
      source,
      'stream_cut',
      'broke off the answer before it was complete',
      null,
      more,
      beforeFirstByte,
    )
  }
  return make(source, 'unavailable', `cannot be reached (${reasonOf(code)})`, null, more, beforeFirstByte)
}

function reasonOf(code: string): string {
  if (code === 'ECONNREFUSED') return 'connection refused'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'its name cannot be resolved'
  if (code === 'fetch.refused') return 'its address is not on the public internet'
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return 'no route to it'
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') return 'this server is stopping'
  if (/^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO|HOSTNAME_MISMATCH)/.test(code)) {
    return 'no secure connection could be made'
  }
  return 'the connection broke'
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
