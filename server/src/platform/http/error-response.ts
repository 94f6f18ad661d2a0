import type { Context } from 'hono'
import type { Clock } from '../clock.ts'
import { sqlState } from '../db/transactions.ts'
import {
  type AppError,
  AppError as AppErrorClass,
  internalError,
  malformedJson,
  validationFailed,
} from '../errors.ts'
import type { ErrorStyle, HttpEnvironment } from './route.ts'

const openAiTypes: Record<number, string> = {
  401: 'authentication_error',
  402: 'insufficient_quota',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
}

/** PostgreSQL keeps every character but NUL: the states of a text and of a JSON document that hold one. */
const nulCharacter: ReadonlySet<string | undefined> = new Set(['22021', '22P05'])

const anthropicTypes: Record<number, string> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
}

/** Whatever was thrown, as the error the client may see. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppErrorClass) return error
  // Hono and undici throw these for a broken multipart body.
  if (error instanceof TypeError && /form ?data|boundary|multipart/i.test(error.message)) {
    return malformedJson({ message: 'The multipart body could not be read.', cause: error })
  }
  if (nulCharacter.has(sqlState(error))) {
    return validationFailed({
      message: 'The request holds a NUL character (U+0000), which cannot be stored.',
      cause: error,
    })
  }
  return internalError({ cause: error })
}

/** An error in OpenAI's shape, for everything under `/v1`. */
export function openAiError(error: AppError): Record<string, unknown> {
  const problems = error.details.problems
  // Our own validation errors put their problems there, each with its field.
  const param = Array.isArray(problems)
    ? openAiParam((problems[0] as { field?: string } | undefined)?.field)
    : (error.details.param ?? null)
  const type = openAiTypes[error.status] ?? (error.status >= 500 ? 'server_error' : 'invalid_request_error')
  // OpenAI's codes carry no module: `model_not_found`, not `gateway.model_not_found`.
  // Unless the protocol has a name of its own for it.
  const { openAiCode } = error.details
  const code = typeof openAiCode === 'string' ? openAiCode : (error.code.split('.').at(-1) ?? error.code)
  return { error: { message: error.message, type, param, code } }
}

/** An error in Anthropic's shape, for everything under `/v1/messages`. */
export function anthropicError(error: AppError, requestId: string): Record<string, unknown> {
  const type = anthropicTypes[error.status] ?? (error.status >= 500 ? 'api_error' : 'invalid_request_error')
  return { type: 'error', error: { type, message: error.message }, request_id: requestId }
}

/** `messages.0.role` as OpenAI writes it: `messages[0].role`; null when the whole body is at fault. */
function openAiParam(field: string | undefined): string | null {
  return field ? field.replaceAll(/\.(\d+)(?=\.|$)/g, '[$1]') : null
}

/** The error envelope of `/api/v1`. */
export function envelope(error: AppError, requestId: string, at: Date): Record<string, unknown> {
  return {
    success: false,
    error: { code: error.code, message: error.message, details: error.details },
    timestamp: at.toISOString(),
    requestId,
  }
}

const scimTypes: Readonly<Record<string, string>> = {
  validation_failed: 'invalidValue',
  malformed_json: 'invalidSyntax',
}

/** An error in SCIM's shape (RFC 7644, section 3.12), for everything under `/scim`. */
export function scimError(error: AppError): Record<string, unknown> {
  const scimType = error.details.scimType ?? scimTypes[error.code]
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
    status: String(error.status),
    ...(scimType === undefined ? {} : { scimType }),
    detail: error.message,
  }
}

const bodies: Readonly<
  Record<ErrorStyle, (error: AppError, requestId: string, at: Date) => Record<string, unknown>>
> = { envelope, openai: openAiError, anthropic: anthropicError, scim: scimError }

/** The answer that tells an error, in the shape that clients of its place know. */
export function errorAnswer(
  error: AppError,
  { style, requestId, at }: { style: ErrorStyle; requestId: string; at: Date },
): { status: number; headers: Record<string, string>; body: string } {
  const headers: Record<string, string> = {
    'content-type': style === 'scim' ? 'application/scim+json' : 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    ...error.headers,
  }
  // Where Anthropic's clients look for it.
  if (style === 'anthropic') headers['request-id'] = requestId
  if (error.status === 401) headers['www-authenticate'] = 'Bearer realm="freehold"'
  return { status: error.status, headers, body: JSON.stringify(bodies[style](error, requestId, at)) }
}

export function errorResponse(http: Context<HttpEnvironment>, error: AppError, clock: Clock): Response {
  const { requestId, errorStyle: style } = http.var
  const { status, headers, body } = errorAnswer(error, { style, requestId, at: clock.now() })
  return new Response(body, { status, headers })
}
