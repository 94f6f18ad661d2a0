import { describe, expect, test } from 'vitest'
import { affordAtAll, boundOfAll, costAtCap, type PricedBound } from './candidate-bounds.ts'

/** A bound at dollars a million tokens. */
function priced(inputTokens: number, outputCap: number, input: bigint, output: bigint): PricedBound {
  const rates = {
    inputNanosPerMillion: input * 1_000_000_000n,
    cachedInputNanosPerMillion: input * 1_000_000_000n,
    cacheWriteNanosPerMillion: input * 1_000_000_000n,
    outputNanosPerMillion: output * 1_000_000_000n,
  }
  const cost =
    (BigInt(inputTokens) * rates.inputNanosPerMillion + BigInt(outputCap) * rates.outputNanosPerMillion) /
    1_000_000n
  return {
    bound: { inputTokensBound: inputTokens, outputTokensCap: outputCap, costNanosBound: cost },
    price: { version: 'test', ...rates, longContext: null },
  }
}

/** Long and cheap beside short and dear: whole, the first costs more; cut short, the second does. */
const long = priced(1_000, 4_096, 1n, 1n)
const dear = priced(1_000, 1_000, 1n, 4n)

describe('the bound of a call that any of several may answer', () => {
  test('is of the dearest and of the longest', () => {
    expect(boundOfAll([long, dear])).toEqual({
      inputTokensBound: 1_000,
      outputTokensCap: 4_096,
      costNanosBound: long.bound.costNanosBound,
    })
  })

  test.each([4_096, 3_000, 1_000, 900, 500, 64, 0])('with a cap of %i holds for each of them', (cap) => {
    const held = costAtCap([long, dear], cap)
    for (const { bound, price } of [long, dear]) {
      const output = BigInt(Math.min(cap, bound.outputTokensCap)) * price.outputNanosPerMillion
      const input = BigInt(bound.inputTokensBound) * price.inputNanosPerMillion
      expect(held).toBeGreaterThanOrEqual((input + output) / 1_000_000n)
    }
  })

  test('affords what the money pays for at whichever answers', () => {
    const left = 3_000_000n
    const cap = affordAtAll([long, dear], left)
    expect(cap).toBe(500)
    expect(costAtCap([long, dear], cap)).toBeLessThanOrEqual(left)
    expect(costAtCap([long, dear], cap + 1)).toBeGreaterThan(left)
  })

  test('affords nothing where one of them cannot even read the question', () => {
    expect(affordAtAll([long, dear], 500_000n)).toBe(0)
  })
})
