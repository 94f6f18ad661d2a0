import { expect, test } from 'vitest'
import { judgeCosts, marginOf } from './judge-costs.ts'

test.each([
  ['openrouter@5', 1_000n, 0n],
  ['openrouter@5+20%', 1_200n, 200n],
  ['openrouter@5+12.5%', 1_125n, 125n],
  ['openrouter@5+0%', 1_000n, 0n],
])('of a price %s for %d nano-dollars the margin is %d', (version, computed, margin) => {
  expect(marginOf(version, computed)).toBe(margin)
})

test.each([
  ['list@1', 1_000n, 1_000n, 'agrees'],
  ['list@1', 1_009n, 1_000n, 'agrees'],
  ['list@1', 1_011n, 1_000n, 'higher'],
  ['list@1', 980n, 1_000n, 'lower'],
  ['operator@1', 2_000n, 1_000n, 'own_price'],
  ['operator@1', 900n, 1_000n, 'lower'],
  ['list@1', 0n, 0n, 'agrees'],
  ['list@1', 5n, 0n, 'higher'],
  ['list@1+100%', 2_000n, 1_000n, 'agrees'],
  ['list@1+100%', 1_000n, 1_000n, 'lower'],
] as const)('at %s, %d computed beside %d reported: %s', (version, computedNanos, reportedNanos, verdict) => {
  const marginNanos = marginOf(version, computedNanos)
  expect(judgeCosts({ computedNanos, marginNanos, reportedNanos }, version)).toBe(verdict)
})
