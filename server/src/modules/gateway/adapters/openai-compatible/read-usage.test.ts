import { describe, expect, it } from 'vitest'
import { addUsage, readUsage } from './read-usage.ts'

describe('reading usage', () => {
  it('counts reasoning once, whether or not the server counts it as completion', () => {
    const within = {
      prompt_tokens: 10,
      completion_tokens: 30,
      total_tokens: 40,
      completion_tokens_details: { reasoning_tokens: 20 },
    }
    const beside = {
      prompt_tokens: 10,
      completion_tokens: 10,
      total_tokens: 40,
      completion_tokens_details: { reasoning_tokens: 20 },
    }
    expect(readUsage(within)).toMatchObject({ completionTokens: 30, reasoningTokens: 20 })
    expect(readUsage(beside)).toMatchObject({ completionTokens: 30, reasoningTokens: 20 })
  })

  it('knows the other name of cache hits', () => {
    expect(readUsage({ prompt_tokens: 10, completion_tokens: 1, prompt_cache_hit_tokens: 8 })).toMatchObject({
      cachedTokens: 8,
    })
  })

  it('adds what the upstream charges a customer’s own key to the router’s fee', () => {
    const usage = {
      prompt_tokens: 1,
      completion_tokens: 1,
      cost: 0.0001,
      is_byok: true,
      cost_details: { upstream_inference_cost: 0.002 },
    }
    expect(readUsage(usage)?.reportedCostNanos).toBe(2_100_000n)
    expect(readUsage({ ...usage, is_byok: false })?.reportedCostNanos).toBe(100_000n)
  })

  it('never gives a negative, broken or impossible count', () => {
    expect(
      readUsage({
        prompt_tokens: -5,
        completion_tokens: 1.5,
        prompt_tokens_details: { cached_tokens: 9 },
        cost: -1,
      }),
    ).toEqual({
      promptTokens: 0,
      cachedTokens: 0,
      cacheWriteTokens: 0,
      completionTokens: 0,
      reasoningTokens: 0,
      reportedCostNanos: null,
    })
  })

  it.each([null, undefined, 'much', [], {}])('is nothing for %j', (usage) => {
    expect(readUsage(usage)).toBeUndefined()
  })

  it('adds up the requests of one call, and has no cost where one of them has none', () => {
    const one = readUsage({ prompt_tokens: 3, completion_tokens: 1, cost: 0.1 })
    const other = readUsage({ prompt_tokens: 4, completion_tokens: 2 })
    expect(addUsage(one, one)).toMatchObject({ promptTokens: 6, reportedCostNanos: 200_000_000n })
    expect(addUsage(one, other)).toMatchObject({
      promptTokens: 7,
      completionTokens: 3,
      reportedCostNanos: null,
    })
    expect(addUsage(undefined, one)).toBe(one)
  })
})
