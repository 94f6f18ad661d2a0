import { expect, test } from 'vitest'
import { isOwnPath } from './own-path.ts'

test.each(['/', '/chat', '/chat?q=1#two', '/a//b', '/knowledge/%2F%2Fevil.example'])(
  '%s stays here',
  (path) => {
    expect(isOwnPath(path)).toBe(true)
  },
)

test.each([
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  'javascript:alert(1)',
  'chat',
  '',
])('%j leads elsewhere and is refused', (path) => {
  expect(isOwnPath(path)).toBe(false)
})
