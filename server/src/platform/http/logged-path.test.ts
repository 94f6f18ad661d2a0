import { expect, test } from 'vitest'
import { createLoggedPath } from './logged-path.ts'

const logged = createLoggedPath(['/api/v1/documents/{id}/file', '/v1/models/{model}', '/health/live'])

test.each([
  ['/api/v1/documents', '/api/v1/documents'],
  [
    '/api/v1/documents/01a1ffaa-aaea-7e85-bdde-1678692e1410/file',
    '/api/v1/documents/01a1ffaa-aaea-7e85-bdde-1678692e1410/file',
  ],
  ['/health/live', '/health/live'],
  ['/', '/'],
])('a path of ours is logged as it is: %s', (path, shown) => {
  expect(logged(path)).toBe(shown)
})

test.each([
  ['/api/v1/documents/ada@example.com/file', '/api/v1/documents/…/file'],
  ['/v1/models/openai%2Fgpt-4o', '/v1/models/…'],
  ['/v1/models/openai/gpt-4o', '/v1/models/…/…'],
  ['/api/v1/documents/{id}', '/api/v1/documents/…'],
  ['/reset/8hf2k', '/…/…'],
])('what somebody put into %s is not', (path, shown) => {
  expect(logged(path)).toBe(shown)
})
