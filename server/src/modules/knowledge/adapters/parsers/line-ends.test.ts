import { expect, test } from 'vitest'
import { findCompounds, joinLines, readsOn } from './line-ends.ts'

const none: ReadonlySet<string> = new Set()

test('a word cut by a hyphen at the end of a line is mended', () => {
  expect(joinLines('the maxi-', 'mum pressure', none)).toBe('the maximum pressure')
  expect(joinLines('the maxi\u00ad', 'mum pressure', none)).toBe('the maximum pressure')
  expect(joinLines('der Über-', 'druck', none)).toBe('der Überdruck')
})

test('a hyphen stays where the text writes the word with one elsewhere, and before capitals and figures', () => {
  const compounds = findCompounds(['a well-known valve', 'of Type A-7'])
  expect(joinLines('is well-', 'known to', compounds)).toBe('is well-known to')
  expect(joinLines('the Anglo-', 'Saxon', none)).toBe('the Anglo- Saxon')
  expect(joinLines('type A-', '7 valve', none)).toBe('type A- 7 valve')
})

test('lines are joined by a space, East Asian ones by nothing', () => {
  expect(joinLines('one', 'two', none)).toBe('one two')
  expect(joinLines('圧力を', '確認する', none)).toBe('圧力を確認する')
})

test('a paragraph reads on where no sentence ended and the next line begins in lower case', () => {
  expect(readsOn('the pump and', 'its valve')).toBe(true)
  expect(readsOn('the pump.', 'its valve')).toBe(false)
  expect(readsOn('the pump and', 'Its valve')).toBe(false)
})
