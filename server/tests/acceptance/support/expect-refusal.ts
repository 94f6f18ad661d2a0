import { expect } from 'vitest'
import type { Reply } from './person.ts'

/** The envelope, whole: nothing missing, nothing more, and a message for a person. */
export function expectEnvelope(reply: Reply<unknown>, status: number, code: string, message: RegExp): void {
  expect([reply.status, reply.body]).toEqual([
    status,
    {
      success: false,
      error: { code, message: expect.stringMatching(message), details: expect.any(Object) },
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      requestId: reply.headers.get('x-request-id'),
    },
  ])
}

interface OpenAiError {
  type: string
  param: string | null
  code: string
}

/** OpenAI's shape, whole. */
export function expectOpenAi(
  reply: Reply<unknown>,
  status: number,
  error: Partial<OpenAiError>,
  message: RegExp,
): void {
  const expected = {
    message: expect.stringMatching(message),
    type: 'invalid_request_error',
    param: null,
    ...error,
  }
  expect([reply.status, reply.body]).toEqual([status, { error: expected }])
}
