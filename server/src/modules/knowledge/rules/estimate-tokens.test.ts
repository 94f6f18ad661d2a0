import { expect, test } from 'vitest'
import { estimateTokens, tokensOfUnit } from './estimate-tokens.ts'

test('English prose is a token for four characters', () => {
  expect(estimateTokens('The relief valve opens at seven bar.')).toBe(9)
  expect(estimateTokens('')).toBe(0)
  expect(estimateTokens('a')).toBe(1)
})

test('scripts that cost more tokens are estimated higher', () => {
  expect(estimateTokens('насос')).toBe(3)
  expect(estimateTokens('圧力計を確認')).toBe(6)
})

test('the estimate of a text is the sum of its code units, so that passages can be measured in one walk', () => {
  const text = 'Pump 7: насос 圧力 🚰'
  let sum = 0
  for (let at = 0; at < text.length; at++) sum += tokensOfUnit(text.charCodeAt(at))
  expect(estimateTokens(text)).toBe(Math.ceil(sum))
})
