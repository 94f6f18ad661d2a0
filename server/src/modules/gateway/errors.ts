import { type AppError, defineError, type ErrorDefinition } from '../../platform/errors.ts'
import type { ProviderError, ProviderErrorKind } from './adapters/provider-error.ts'

export const modelNotFound = defineError('gateway.model_not_found', 404, 'The model does not exist here.')
export const modelOfOtherKind = defineError(
  'gateway.model_of_other_kind',
  400,
  'The model does not do this kind of work.',
)
export const fieldNotSupported = defineError(
  'gateway.field_not_supported',
  400,
  'The model cannot take a field of this request.',
)
export const modelNotAllowed = defineError(
  'gateway.model_not_allowed',
  403,
  'This organization does not allow the model.',
)
export const responseNotFound = defineError(
  'gateway.response_not_found',
  404,
  'There is no such response here.',
)
export const responseNotCancellable = defineError(
  'gateway.response_not_cancellable',
  400,
  'Only answers in the background can be cancelled, and there are none here.',
)
export const providerRateLimited = defineError(
  'gateway.provider_rate_limited',
  429,
  'The model provider is limiting the rate of calls. Try again shortly.',
)
export const providerUnavailable = defineError(
  'gateway.provider_unavailable',
  503,
  'The model provider cannot be reached or cannot answer now. Try again shortly.',
)
export const providerTimeout = defineError(
  'gateway.provider_timeout',
  504,
  'The model provider did not answer in time.',
)
export const providerRejected = defineError(
  'gateway.provider_rejected',
  400,
  'The model provider does not accept this request.',
)
export const providerAuthentication = defineError(
  'gateway.provider_authentication',
  502,
  "The model provider does not accept this server's credentials. The operator of this installation has to act.",
)
export const contextTooLong = defineError(
  'gateway.context_too_long',
  400,
  "The input does not fit the model's context. Send less, or use a model with a longer one.",
)
export const providerStreamCut = defineError(
  'gateway.provider_stream_cut',
  502,
  'The answer broke off at the model provider before it was complete. Ask again.',
)
export const providerBadResponse = defineError(
  'gateway.provider_bad_response',
  502,
  'What the model provider sent is no answer this server understands.',
)

const definitions: Readonly<Record<ProviderErrorKind, ErrorDefinition>> = {
  rate_limited: providerRateLimited,
  unavailable: providerUnavailable,
  timeout: providerTimeout,
  rejected: providerRejected,
  content_refused: providerRejected,
  authentication: providerAuthentication,
  context_too_long: contextTooLong,
  stream_cut: providerStreamCut,
  bad_response: providerBadResponse,
}

/** The API's error for a provider's failure: its status, a message that is safe to show, `Retry-After` where one is known. */
export function errorOfProvider(error: ProviderError): AppError {
  const seconds = error.retryAfterMs === null ? null : Math.max(1, Math.ceil(error.retryAfterMs / 1000))
  return definitions[error.kind]({
    message: error.message,
    details: { provider: error.providerId, ...(error.param === null ? {} : { param: error.param }) },
    cause: error,
    ...(seconds === null ? {} : { headers: { 'Retry-After': String(seconds) } }),
  })
}
