import { expect, test } from 'vitest'
import { splitSentences } from './split-sentences.ts'

const sentences = (text: string): string[] =>
  splitSentences(text).map((span) => text.slice(span.start, span.end))

test('prose is cut behind full stops, question and exclamation marks', () => {
  expect(sentences('It rained. Did it stop? No! "It rained on." (Truly.) End')).toEqual([
    'It rained.',
    'Did it stop?',
    'No!',
    '"It rained on."',
    '(Truly.)',
    'End',
  ])
})

test('abbreviations, initials, decimals and ellipses before lower case end nothing', () => {
  for (const whole of [
    'Dr. Smith met J. R. Tolkien on 3. May.',
    'Use valves, e.g. Type 4, at 3.5 bar.',
    'See Fig. 3 and pp. 12 ff. in vol. 2.',
    'He waited ... and waited.',
    'The file is main.ts in src.',
  ]) {
    expect(sentences(whole).at(0)?.length).toBeGreaterThan(20)
  }
  expect(sentences('Dr. Smith met J. R. Tolkien.')).toHaveLength(1)
})

test('a sentence may end with I', () => {
  expect(sentences('She is as tall as I. We left.')).toEqual(['She is as tall as I.', 'We left.'])
})

test('East Asian full stops need no space behind them', () => {
  expect(sentences('圧力を確認する。弁を開く！終わり')).toEqual(['圧力を確認する。', '弁を開く！', '終わり'])
})

test('an empty line ends a sentence, and nothing is lost but white space', () => {
  const text = '  One line\nsame line\n\nnext. \n Last  '
  expect(sentences(text)).toEqual(['One line\nsame line', 'next.', 'Last'])
})

test('hostile text is cut in linear time', () => {
  const started = performance.now()
  for (const hostile of [
    '.'.repeat(300_000),
    '.)'.repeat(150_000),
    '. a'.repeat(100_000),
    '\n '.repeat(150_000),
  ]) {
    splitSentences(`${hostile}x`)
  }
  expect(performance.now() - started).toBeLessThan(5_000)
})
