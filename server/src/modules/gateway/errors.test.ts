import { describe, expect, it } from 'vitest'
import { ProviderError, type ProviderErrorKind } from './adapters/provider-error.ts'
import { errorOfProvider } from './errors.ts'

describe('the error that a caller gets for a provider’s failure', () => {
  it.each([
    ['rate_limited', 429],
    ['unavailable', 503],
    ['timeout', 504],
    ['rejected', 400],
    ['authentication', 502],
    ['context_too_long', 400],
    ['stream_cut', 502],
    ['bad_response', 502],
  ] satisfies [ProviderErrorKind, number][])(
    'for %s has status %i, a code of this module and the safe message',
    (kind, status) => {
      const cause = new ProviderError({
        kind,
        providerId: 'p',
        message: 'What happened.',
        param: 'top_p',
        retryAfterMs: 1_200,
      })
      const error = errorOfProvider(cause)
      expect(error).toMatchObject({
        status,
        message: 'What happened.',
        details: { provider: 'p', param: 'top_p' },
        headers: { 'Retry-After': '2' },
        cause,
      })
      expect(error.code).toMatch(/^gateway\./)
    },
  )
})
