import { describe, expect, it } from 'vitest'
import { type ModelPrice, priceCall } from './price-call.ts'

const price: ModelPrice = {
  version: 'test',
  inputNanosPerMillion: 3_000_000_000n,
  cachedInputNanosPerMillion: 300_000_000n,
  cacheWriteNanosPerMillion: 3_750_000_000n,
  outputNanosPerMillion: 15_000_000_000n,
  longContext: {
    aboveTokens: 200_000,
    inputNanosPerMillion: 6_000_000_000n,
    cachedInputNanosPerMillion: 600_000_000n,
    cacheWriteNanosPerMillion: 7_500_000_000n,
    outputNanosPerMillion: 22_500_000_000n,
  },
}

const usage = (promptTokens: number, completionTokens: number, cachedTokens = 0, cacheWriteTokens = 0) => ({
  promptTokens,
  completionTokens,
  cachedTokens,
  cacheWriteTokens,
})

describe('the price of a call', () => {
  it('is the sum of its parts, exactly', () => {
    // 150 × $3 + 1000 × $0.30 + 500 × $3.75 + 9 × $15 a million
    expect(priceCall(usage(1_650, 9, 1_000, 500), price)).toBe(2_760_000n)
    expect(priceCall(usage(0, 0), price)).toBe(0n)
  })

  it('counts what is kept in a cache for an hour at its own price, and the fees beside tokens', () => {
    const hour = { ...price, cacheWriteHourNanosPerMillion: 6_000_000_000n }
    // 150 × $3 + 1000 × $0.30 + 300 × $3.75 + 200 × $6 + 9 × $15 a million
    const used = { ...usage(1_650, 9, 1_000, 500), cacheWriteHourTokens: 200 }
    expect(priceCall(used, hour)).toBe(3_210_000n)
    expect(priceCall(used, price)).toBe(2_760_000n)
    expect(priceCall({ ...used, feesNanos: 20_000_000n }, hour)).toBe(23_210_000n)
  })

  it('is the long-context price for the whole call from the first token above', () => {
    expect(priceCall(usage(200_000, 1_000), price)).toBe(615_000_000n)
    expect(priceCall(usage(200_001, 1_000), price)).toBe(1_222_506_000n)
  })

  it('is rounded half up once, on the total', () => {
    const tiny = {
      ...price,
      inputNanosPerMillion: 250_000n,
      outputNanosPerMillion: 250_000n,
      longContext: null,
    }
    expect(priceCall(usage(1, 0), tiny)).toBe(0n)
    // A quarter and a quarter are a half, which is rounded up; rounded apart they would be nothing.
    expect(priceCall(usage(1, 1), tiny)).toBe(1n)
    expect(priceCall(usage(3, 2), tiny)).toBe(1n)
    expect(priceCall(usage(3, 3), tiny)).toBe(2n)
  })

  it('charges no token twice when a provider reports more parts than the whole', () => {
    expect(priceCall(usage(100, 0, 250, 70), price)).toBe(priceCall(usage(100, 0, 100, 0), price))
  })

  it('is within half a nano-dollar of the exact sum, and never falls when tokens are added', () => {
    const random = seeded(7)
    for (let round = 0; round < 3_000; round++) {
      const prompt = random(2_000_000)
      const cached = random(prompt + 1)
      const written = random(prompt - cached + 1)
      const output = random(200_000)
      const some: ModelPrice = {
        version: 'random',
        inputNanosPerMillion: BigInt(random(1_000_000_000)),
        cachedInputNanosPerMillion: BigInt(random(1_000_000_000)),
        cacheWriteNanosPerMillion: BigInt(random(1_000_000_000)),
        outputNanosPerMillion: BigInt(random(1_000_000_000)),
        longContext: null,
      }
      const cost = priceCall(usage(prompt, output, cached, written), some)
      const exact =
        BigInt(prompt - cached - written) * some.inputNanosPerMillion +
        BigInt(cached) * some.cachedInputNanosPerMillion +
        BigInt(written) * some.cacheWriteNanosPerMillion +
        BigInt(output) * some.outputNanosPerMillion
      const difference = cost * 1_000_000n - exact
      expect(difference > -500_000n && difference <= 500_000n).toBe(true)
      expect(priceCall(usage(prompt, output + 1, cached, written), some)).toBeGreaterThanOrEqual(cost)
      expect(priceCall(usage(prompt + 1, output, cached, written), some)).toBeGreaterThanOrEqual(cost)
    }
  })
})

/** Whole numbers below a limit, the same ones every time. */
function seeded(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}
