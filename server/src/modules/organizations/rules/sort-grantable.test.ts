import { expect, test } from 'vitest'
import { sortGrantable } from './sort-grantable.ts'

test('what a role can hold is kept once, and what is unknown or belongs to people is named', () => {
  expect(
    sortGrantable(['use:models', 'read:usage', 'use:models', 'system:admin', 'manage:owners', 'fly:planes']),
  ).toEqual({
    granted: ['use:models', 'read:usage'],
    refused: ['system:admin', 'manage:owners', 'fly:planes'],
  })
})
