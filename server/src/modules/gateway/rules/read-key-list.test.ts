import { expect, test } from 'vitest'
import { readKeyList } from './read-key-list.ts'

const plain = { weight: 1, requestsPerMinute: null }

test.each([
  ['sk-one', [{ key: 'sk-one', ...plain }]],
  [
    'sk-one, sk-two,',
    [
      { key: 'sk-one', ...plain },
      { key: 'sk-two', ...plain },
    ],
  ],
  [
    'sk-one;weight=3;rpm=60,sk-two',
    [
      { key: 'sk-one', weight: 3, requestsPerMinute: 60 },
      { key: 'sk-two', ...plain },
    ],
  ],
  ['sk;with=semicolon', [{ key: 'sk;with=semicolon', ...plain }]],
  ['sk-one;weight=0', [{ key: 'sk-one', weight: 1, requestsPerMinute: null }]],
])('%s is read as its keys', (setting, keys) => {
  expect(readKeyList(setting)).toEqual(keys)
})
