import { beforeAll, expect, test } from 'vitest'
import { createSentenceEncoder, type SentenceEncoder, WINDOW_TOKENS } from './sentence-encoder.ts'
import { loadSentenceModel } from './sentence-model.ts'
import { createTokenizer, type Tokenizer } from './sentence-tokenizer.ts'

let tokenize: Tokenizer
let encode: SentenceEncoder
beforeAll(() => {
  const model = loadSentenceModel()
  tokenize = createTokenizer(model.vocabulary)
  encode = createSentenceEncoder(model)
})

const embed = (text: string): Float32Array => encode(tokenize(text))
const cosine = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0)

// The first numbers of what the model's original graph gives under TensorFlow.js 4.22, and its token counts.
const RECORDED = [
  { text: 'How do I reset my password?', tokens: 8, start: [-0.048459, -0.054573, 0.040226, -0.053938] },
  {
    text: 'To change your password, open the account settings and choose Reset.',
    tokens: 15,
    start: [-0.058062, -0.059704, -0.003717, 0.061405],
  },
  {
    text: Array(8).fill('The relief valve opens at seven bar; nobody may block it.').join(' '),
    tokens: WINDOW_TOKENS,
    start: [-0.009358, 0.039785, -0.003278, 0.012954],
  },
]

test('tokens and vectors are those of the original graph', () => {
  for (const { text, tokens, start } of RECORDED) {
    expect(tokenize(text)).toHaveLength(tokens)
    const vector = embed(text)
    for (const [i, value] of start.entries()) expect(vector[i]).toBeCloseTo(value, 5)
    expect(cosine(vector, vector)).toBeCloseTo(1, 5)
  }
})

test('a question is far closer to its answer than to something else', () => {
  const question = embed('How do I reset my password?')
  expect(
    cosine(question, embed('To change your password, open the account settings and choose Reset.')),
  ).toBeGreaterThan(0.6)
  expect(cosine(question, embed('The harbour was built in 1874 from local granite.'))).toBeLessThan(0.2)
})

test('what stands after the first window of a long text counts too', () => {
  const filler = 'The committee met again and spoke about the minutes of its last meeting. '.repeat(10)
  const question = embed('At what pressure does the relief valve open?')
  const answer = 'The relief valve opens at a pressure of seven bar. '.repeat(4)
  const without = cosine(question, embed(filler + filler))
  expect(tokenize(filler).length).toBeGreaterThan(WINDOW_TOKENS)
  expect(cosine(question, embed(filler + answer))).toBeGreaterThan(without + 0.1)
})

test('the same text gives the same numbers to the bit, whatever was embedded before it', () => {
  const before = embed('A short text.')
  embed('Another text that is a good deal longer than the first. '.repeat(12))
  expect(embed('A short text.')).toEqual(before)
})

test('empty text, unknown characters and one token give vectors of length one', () => {
  for (const text of ['', '   ', '\u{1f6b0}\u{1f6b0}', 'a', '圧力計', '\ud800']) {
    const vector = embed(text)
    expect(vector.every(Number.isFinite)).toBe(true)
    expect(cosine(vector, vector)).toBeCloseTo(1, 5)
  }
})
