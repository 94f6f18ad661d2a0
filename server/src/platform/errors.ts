/**
 * One error class for the whole program. Each module declares its errors with `defineError`; the definition
 * carries the status, so no central table maps errors to statuses.
 */
export interface ErrorOptions {
  /** Replaces the definition's message, when the instance can say something more exact. Shown to clients. */
  message?: string
  /** Structured facts for the client: field names, limits, what was found. Shown to clients. */
  details?: Record<string, unknown>
  /** What lies behind. Goes to the log, never to a client. */
  cause?: unknown
  /** Response headers, such as `Retry-After`. */
  headers?: Record<string, string>
}

export class AppError extends Error {
  readonly code: string
  readonly status: number
  readonly details: Record<string, unknown>
  readonly headers: Record<string, string>

  constructor(code: string, status: number, message: string, options: ErrorOptions = {}) {
    super(options.message ?? message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.status = status
    this.details = options.details ?? {}
    this.headers = options.headers ?? {}
  }
}

export interface ErrorDefinition {
  (options?: ErrorOptions): AppError
  readonly code: string
  readonly status: number
  readonly message: string
}

/**
 * Declares an error of the API.
 * @param code `module.reason`, stable, machine-readable
 * @param status HTTP status
 * @param message what went wrong and what to do about it, for a person
 */
export function defineError(code: string, status: number, message: string): ErrorDefinition {
  const make = (options?: ErrorOptions) => new AppError(code, status, message, options)
  return Object.assign(make, { code, status, message })
}

export const validationFailed = defineError('validation_failed', 400, 'The request is not valid.')
export const malformedJson = defineError('malformed_json', 400, 'The body is not valid JSON.')
export const unauthenticated = defineError(
  'unauthenticated',
  401,
  'No valid credentials came with this request. Send "Authorization: Bearer <token or API key>" or sign in.',
)
export const tooManyRequests = defineError(
  'rate_limited',
  429,
  'Your organization has sent more requests than it may in a minute. Try again after the time in Retry-After.',
)
export const forbidden = defineError('forbidden', 403, 'Your role does not allow this.')
export const noOrganization = defineError(
  'no_organization',
  403,
  'You belong to no organization. Create one with POST /api/v1/organizations, or ask for an invitation.',
)
export const notFound = defineError('not_found', 404, 'There is nothing here.')
export const methodNotAllowed = defineError(
  'method_not_allowed',
  405,
  'This path does not answer this method.',
)
export const bodyTooLarge = defineError(
  'body_too_large',
  413,
  'The body is larger than this endpoint accepts.',
)
export const unsupportedMediaType = defineError(
  'unsupported_media_type',
  415,
  'This content type is not accepted here.',
)
/** Nobody reads this answer; it keeps a caller who left apart from a failure of ours in logs and metrics. */
export const callerGone = defineError('caller_gone', 499, 'The caller left before the answer was ready.')
export const requestTimeout = defineError(
  'request_timeout',
  503,
  'The request took too long and was given up.',
)
export const internalError = defineError(
  'internal_error',
  500,
  'Something failed on our side. The request id identifies it in the log.',
)
export const unavailable = defineError(
  'unavailable',
  503,
  'The server is busy or stopping. Try again shortly.',
)

/** What `work` gives; undefined where it refuses by an error that a caller could be told. */
export function unlessRefused<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (error instanceof AppError) return undefined
    throw error
  }
}
