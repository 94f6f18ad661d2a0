import { expect, test } from 'vitest'
import { createStatementNames } from './statement-names.ts'

test('a statement gets a name of its own when it comes the third time, and keeps it', () => {
  const { nameOf } = createStatementNames()
  const seen = ['a', 'a', 'a', 'b', 'a', 'b', 'b'].map(nameOf)
  expect(seen).toEqual([
    undefined,
    undefined,
    'statement_1',
    undefined,
    'statement_1',
    undefined,
    'statement_2',
  ])
})

test('names run out, so that a connection is never asked to remember without end', () => {
  const { nameOf } = createStatementNames(2)
  for (const text of ['a', 'b', 'c']) for (let use = 0; use < 5; use++) nameOf(text)
  expect(['a', 'b', 'c'].map(nameOf)).toEqual(['statement_1', 'statement_2', undefined])
})

test('texts that never come again are forgotten, and those that do still get their names', () => {
  const { nameOf } = createStatementNames()
  for (let made = 0; made < 5_000; made++) expect(nameOf(`select ${made}`)).toBeUndefined()
  expect(['a', 'a', 'a'].map(nameOf)).toEqual([undefined, undefined, 'statement_1'])
})
