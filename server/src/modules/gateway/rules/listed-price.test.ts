import { describe, expect, test } from 'vitest'
import type { ListedModel } from '../adapters/provider.ts'
import { buildModelDirectory } from './catalogue.ts'

const listedAt = (id: string, input: bigint, output: bigint, cached?: bigint): ListedModel => ({
  id,
  contextTokens: 128_000,
  maxOutputTokens: null,
  inputNanosPerMillion: input,
  outputNanosPerMillion: output,
  ...(cached === undefined ? {} : { cachedInputNanosPerMillion: cached }),
})

function priceOf(id: string, ...listed: ListedModel[]) {
  const directory = buildModelDirectory([{ id: 'openrouter', models: 'catalogue', listed }])
  return directory.byName.get(id)?.price
}

const builtIn = priceOf('openai/gpt-4o-mini')

describe('a price of the provider’s own list', () => {
  test('takes the place of the built-in one, under a version of its own', () => {
    const price = priceOf('openai/gpt-4o-mini', listedAt('openai/gpt-4o-mini', 140_000_000n, 560_000_000n))
    expect(price).toMatchObject({ inputNanosPerMillion: 140_000_000n, outputNanosPerMillion: 560_000_000n })
    expect(price?.version).toMatch(/^list-/)
  })

  test('that says the same leaves the built-in one with its version', () => {
    expect(priceOf('openai/gpt-4o-mini', listedAt('openai/gpt-4o-mini', 150_000_000n, 600_000_000n))).toEqual(
      builtIn,
    )
  })

  test('of nothing does not make a paid model free', () => {
    expect(priceOf('openai/gpt-4o-mini', listedAt('openai/gpt-4o-mini', 0n, 0n))).toEqual(builtIn)
  })

  test('keeps the rates of long inputs, which the list does not tell', () => {
    const price = priceOf('openai/gpt-5.4', listedAt('openai/gpt-5.4', 2_400_000_000n, 14_000_000_000n))
    expect(price?.longContext).toMatchObject({ aboveTokens: 272_000, inputNanosPerMillion: 5_000_000_000n })
  })

  test('with a rate for cached input is priced at it', () => {
    const price = priceOf('vendor/new', listedAt('vendor/new', 1_000_000_000n, 2_000_000_000n, 100_000_000n))
    expect(price).toMatchObject({
      cachedInputNanosPerMillion: 100_000_000n,
      cacheWriteNanosPerMillion: 1_000_000_000n,
    })
  })
})
