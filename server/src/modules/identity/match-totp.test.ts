import { expect, test } from 'vitest'
import { base32, matchTotp, totpCode, totpStepAt, totpUri } from './match-totp.ts'

const secret = Buffer.from('12345678901234567890')

/** RFC 6238, appendix B: the SHA-1 rows, whose eight digits end in these six. */
test.each([
  [59, '287082'],
  [1111111109, '081804'],
  [1111111111, '050471'],
  [1234567890, '005924'],
  [2000000000, '279037'],
  [20000000000, '353130'],
])('at second %i the code is the one of the standard', (seconds, code) => {
  expect(totpCode(secret, totpStepAt(new Date(seconds * 1000)))).toBe(code)
})

test('a code counts one step early and one late, not two, and never once its step is used', () => {
  const time = new Date('2026-01-31T12:00:10Z')
  const step = totpStepAt(time)
  const match = (of: number, lastStep: number | null = null) =>
    matchTotp(secret, totpCode(secret, of), time, lastStep)
  expect([-2, -1, 0, 1, 2].map((drift) => match(step + drift))).toEqual([
    undefined,
    step - 1,
    step,
    step + 1,
    undefined,
  ])
  expect(match(step, step)).toBeUndefined()
  expect(match(step - 1, step)).toBeUndefined()
  expect(match(step + 1, step)).toBe(step + 1)
})

test('a secret is written as RFC 4648 writes it', () => {
  for (const [text, written] of [
    ['', ''],
    ['f', 'MY'],
    ['foobar', 'MZXW6YTBOI'],
  ] as const)
    expect(base32(Buffer.from(text))).toBe(written)
})

test('the link for an authenticator app survives a name with signs in it', () => {
  const uri = new URL(totpUri(secret, 'Free Hold', 'a+b:c@example.com'))
  expect(uri.pathname).toBe('/Free%20Hold:a%2Bb%3Ac%40example.com')
  expect(Object.fromEntries(uri.searchParams)).toMatchObject({ secret: base32(secret), issuer: 'Free Hold' })
})
