import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { redactSecrets } from './redact-secrets.ts'

const jwt = 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwMTk4ZjBhMCJ9.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg'

describe('a log line keeps no credential', () => {
  test.each([
    ['an authorization field', { headers: { authorization: 'Bearer verysecretvalue' } }, 'verysecretvalue'],
    ['a cookie list', { 'set-cookie': ['session=verysecretvalue; Path=/'] }, 'verysecretvalue'],
    ['a password with quotes in it', { body: { password: 'very"secret\\value' } }, 'secret'],
    ['a refresh token', { refreshToken: 'verysecretvalue' }, 'verysecretvalue'],
    ['an apiKey field', { apiKey: 'verysecretvalue' }, 'verysecretvalue'],
    ['a client secret', { client_secret: 'verysecretvalue' }, 'verysecretvalue'],
    [
      'a key of ours in a message',
      { msg: 'key fh_0123456789abcdefABCDEF012345 refused' },
      '0123456789abcdef',
    ],
    [
      'a provider key behind a line break',
      { msg: 'refused:\nsk-or-v1-0123456789abcdef0123' },
      '0123456789abcdef',
    ],
    ['a provider key of words', { msg: 'key sk-proj-abcdefghijklmnopqrstuvwxyz' }, 'abcdefghijklmnop'],
    ['a payment key', { msg: 'sk_live_0123456789abcdefghij' }, '0123456789abcdef'],
    ['a webhook secret', { msg: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }, 'MfKQ9r8GKYqrTwjUPD8I'],
    ['a source host token', { msg: 'ghp_0123456789abcdefghijABCDEFGHIJ012345' }, '0123456789abcdef'],
    ['a JWT', { msg: `token was ${jwt}.` }, 'eyJzdWIi'],
    ['a bearer header inside a string', { msg: 'sent Authorization: Bearer abc.def-ghi_jkl' }, 'abc.def'],
    ['a password in a URL', { url: 'postgres://freehold:hunter2hunter2@db:5432/x' }, 'hunter2'],
    ['a password alone in a URL', { url: 'redis://:hunter2hunter2@cache:6379' }, 'hunter2'],
    ['a token in a query', { url: '/callback?state=1&access_token=hunter2hunter2&x=1' }, 'hunter2'],
    ['a signature in a query', { url: '/file?X-Amz-Signature=0011223344556677' }, '0011223344556677'],
    ['a body logged as a string', { body: JSON.stringify({ email: 'a@b.c', password: 'hun"ter2' }) }, 'ter2'],
    ['a form logged as a string', { body: 'email=a&password=hunter2' }, 'hunter2'],
    [
      'a private key',
      { msg: '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----' },
      'MIIEvQ',
    ],
  ])('%s', (_name, entry, secret) => {
    const line = redactSecrets(JSON.stringify(entry))
    expect(line).not.toContain(secret)
    expect(line).toContain('[redacted]')
    expect(() => JSON.parse(line)).not.toThrow()
  })
})

test('what is no secret stays as it is', () => {
  const line = JSON.stringify({
    promptTokens: 12,
    max_tokens: 400,
    apiKeyId: '0198f0a0-1111-7222-8333-444455556666',
    prefix: 'fh_abcdef',
    url: 'https://example.com/tokens/of/appreciation',
    msg: 'The author asked the risk-management-team-of-the-century about sk-learn and bearer bonds.',
  })
  expect(redactSecrets(line)).toBe(line)
})

test('JSON stays JSON, whatever a line holds', () => {
  const word = fc.constantFrom(
    '"',
    '\\',
    'password',
    '":"',
    '["',
    'sk-',
    'fh_0123456789abcdef',
    '://',
    '@',
    jwt,
    '\n',
    'token=',
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(word).map((words) => words.join('')),
  )
  fc.assert(
    fc.property(
      fc.dictionary(fc.oneof(text, fc.constant('password')), fc.oneof(text, fc.array(text))),
      (entry) => {
        JSON.parse(redactSecrets(JSON.stringify(entry)))
        JSON.parse(redactSecrets(JSON.stringify({ nested: JSON.stringify(entry) })))
      },
    ),
    // A value that ends in a backslash, in a string that looks like a body cut off: once half of the escape was taken.
    { numRuns: 500, examples: [[{ '': ['"password":"\\\\'] }]] },
  )
})

test('a hostile line of 16 kB is done in a fraction of a second', () => {
  const units = [
    'a',
    'a.',
    'eyJ',
    'sk-',
    '"token',
    '\\"token',
    '://:',
    'token=',
    '"password":["',
    '\\"password\\":\\"',
    're_',
  ]
  for (const unit of units) {
    const line = `fh_ ${unit.repeat(Math.ceil(16_384 / unit.length))}`
    const startedMs = performance.now()
    redactSecrets(line)
    // Measured: under 15 ms each. Quadratic backtracking over such a line takes minutes, not tenths.
    expect(performance.now() - startedMs, unit).toBeLessThan(1_000)
  }
})
