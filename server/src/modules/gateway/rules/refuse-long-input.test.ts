import { expect, test } from 'vitest'
import { refuseLongInput } from './refuse-long-input.ts'

const model = { id: 'small', contextTokens: 1_000 }
const asking = (content: string) => ({ model: 'small', messages: [{ role: 'user' as const, content }] })

test('an input that cannot fit is refused with its estimate and the window', () => {
  expect(() => refuseLongInput(asking('words and more '.repeat(700)), model)).toThrow(
    "The input has about 2,629 tokens, and the model 'small' takes 1,000.",
  )
})

test('one that might fit is not, nor is one whose length is mostly white space', () => {
  refuseLongInput(asking('words and more '.repeat(400)), model)
  refuseLongInput(asking(`a${' '.repeat(100_000)}b`), model)
})

test('nothing is refused where the window is unknown', () => {
  refuseLongInput(asking('words and more '.repeat(700)), { ...model, contextTokens: null })
})
