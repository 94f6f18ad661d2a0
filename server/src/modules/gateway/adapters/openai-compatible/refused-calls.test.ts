import { describe, expect, it } from 'vitest'
import {
  contextTooLong,
  htmlError,
  rateLimited,
  serverError,
  wrongKey,
} from '../../../../testing/fake-provider/behaviours.ts'
import { failWith, testKey, withFailingProvider } from './failure-harness.fixture.ts'

describe('a provider that refuses a call', () => {
  const { chatFailure, streamFailure } = withFailingProvider()

  it.each([
    [
      '400 as rejected, in its own words',
      failWith(400, { message: "Invalid value: 'x'.", param: 'top_p' }),
      {
        kind: 'rejected',
        status: 400,
        param: 'top_p',
        message: "The provider 'fake' does not accept this request: Invalid value: 'x'.",
      },
    ],
    [
      '400 for the length as context too long',
      contextTooLong(),
      { kind: 'context_too_long', status: 400, param: 'messages' },
    ],
    ['401 as authentication', wrongKey(testKey), { kind: 'authentication', status: 401 }],
    [
      '402 as authentication',
      failWith(402, { message: 'Insufficient credits.', code: 402 }),
      { kind: 'authentication', status: 402 },
    ],
    [
      '403 as authentication',
      failWith(403, { message: 'Country not supported.' }),
      { kind: 'authentication', status: 403 },
    ],
    [
      '403 for moderation as a refusal of the content',
      failWith(403, {
        message: 'Input was flagged',
        code: 403,
        metadata: { reasons: ['violence'], flagged_input: 'x' },
      }),
      { kind: 'content_refused', status: 403 },
    ],
    [
      '404 for a model as rejected',
      failWith(404, { message: 'The model `x` does not exist', code: 'model_not_found' }),
      { kind: 'rejected', status: 404 },
    ],
    [
      '404 of a web server as a bad response',
      { kind: 'status', status: 404, body: '<html>Not Found</html>' } as const,
      { kind: 'bad_response', status: 404 },
    ],
    ['408 as timeout', failWith(408, { message: 'Request timed out' }), { kind: 'timeout', status: 408 }],
    ['409 as unavailable', failWith(409, { message: 'Conflict' }), { kind: 'unavailable', status: 409 }],
    [
      '413 as context too long',
      failWith(413, { message: 'Request too large' }),
      { kind: 'context_too_long', status: 413 },
    ],
    [
      '422 as rejected',
      { kind: 'status', status: 422, body: { detail: 'top_k must be positive' } } as const,
      {
        kind: 'rejected',
        status: 422,
        message: "The provider 'fake' does not accept this request: top_k must be positive.",
      },
    ],
    ['429 as rate limited', rateLimited('7'), { kind: 'rate_limited', status: 429, retryAfterMs: 7_000 }],
    [
      '429 for a used-up quota as authentication',
      failWith(429, { message: 'You exceeded your current quota', code: 'insufficient_quota' }),
      { kind: 'authentication', status: 429 },
    ],
    ['500 as unavailable', serverError(500), { kind: 'unavailable', status: 500 }],
    [
      '503 with Retry-After as unavailable',
      failWith(503, {}, { 'retry-after': '2' }),
      { kind: 'unavailable', status: 503, retryAfterMs: 2_000 },
    ],
    ['504 as timeout', serverError(504), { kind: 'timeout', status: 504 }],
    ['529 as unavailable', serverError(529), { kind: 'unavailable', status: 529 }],
    [
      'a redirect as a bad response',
      failWith(302, {}, { location: 'http://169.254.169.254/' }),
      { kind: 'bad_response', status: 302 },
    ],
    ['an HTML error page as unavailable', htmlError(502), { kind: 'unavailable', status: 502 }],
  ] as const)('reports %s', async (_, behaviour, expected) => {
    const error = await chatFailure(behaviour)
    expect(error).toMatchObject({ providerId: 'fake', beforeFirstByte: true, ...expected })
    const streamed = await streamFailure(behaviour)
    expect(streamed.error).toMatchObject({ kind: error.kind, message: error.message, beforeFirstByte: true })
  })

  it('waits as long as an HTTP date or milliseconds say', async () => {
    const date = await chatFailure(
      failWith(
        429,
        {},
        { date: 'Wed, 21 Oct 2026 07:28:00 GMT', 'retry-after': 'Wed, 21 Oct 2026 07:28:30 GMT' },
      ),
    )
    const exact = await chatFailure(failWith(429, {}, { 'retry-after-ms': '350', 'retry-after': '1' }))
    const none = await chatFailure(failWith(429, {}))
    expect([date.retryAfterMs, exact.retryAfterMs, none.retryAfterMs]).toEqual([30_000, 350, null])
  })

  it('shows the words of the upstream behind a router', async () => {
    const raw = JSON.stringify({
      error: { message: 'top_p and temperature cannot both be set', type: 'invalid_request_error' },
    })
    const error = await chatFailure(
      failWith(400, {
        message: 'Provider returned error',
        code: 400,
        metadata: { raw, provider_name: 'Anthropic' },
      }),
    )
    expect(error.message).toContain('top_p and temperature cannot both be set')
  })

  it('reports an error that comes with status 200 in place of an answer', async () => {
    const body = JSON.stringify({ error: { message: 'Rate limited upstream', code: 429 } })
    const raw = { kind: 'raw', writes: [body], contentType: 'application/json' } as const
    expect(await chatFailure(raw)).toMatchObject({ kind: 'rate_limited', status: 429 })
    expect((await streamFailure(raw)).error).toMatchObject({
      kind: 'rate_limited',
      status: 429,
      beforeFirstByte: true,
    })
  })

  it('never shows its key, markup or a server’s address, whatever the provider answers', async () => {
    const hostile = [
      `Incorrect API key provided: ${testKey}.`,
      `Bearer ${testKey} is not valid for org-A1b2C3d4`,
      'Incorrect API key provided: sk-or-v1*********cdef.',
      'upstream http://admin:pass@10.0.0.5:8080/v1 refused (dial tcp 10.0.0.5:8080)',
      '<script>alert(1)</script>',
      'first line\r\nSet-Cookie: a=b\u001b[2J',
    ]
    for (const message of hostile) {
      for (const code of [400, 401, 403, 404, 422, 429, 500]) {
        const { message: shown } = await chatFailure(failWith(code, { message, param: message }))
        expect(shown).not.toMatch(/0123456789abcdef|cdef\.|A1b2C3d4|10\.0\.0\.5|pass@|<script|[\r\n]|\p{Cc}/u)
      }
    }
  })
})
