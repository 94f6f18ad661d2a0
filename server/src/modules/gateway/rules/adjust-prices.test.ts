import { describe, expect, test } from 'vitest'
import { adjustPrice } from './adjust-prices.ts'
import { buildModelDirectory, type ModelDeployment, ownDeployment } from './catalogue.ts'

const { deployments } = buildModelDirectory([{ id: 'openrouter', models: 'catalogue', listed: null }])
const find = (id: string): ModelDeployment => {
  const found = deployments.find((one) => one.id === id)
  if (!found) throw new Error(`There is no ${id}.`)
  return found
}
const mini = find('openai/gpt-4o-mini')

describe('the operator’s prices', () => {
  test('leave a model that none of them names as it is', () => {
    expect(adjustPrice(mini, [{ provider: 'openai', marginPercent: 5 }])).toBe(mini)
  })

  test('raise every rate by the margins of provider and model together, rounded up, and say so in the version', () => {
    const { price } = adjustPrice(mini, [
      { provider: 'openrouter', marginPercent: 5 },
      { model: 'openai/gpt-4o-mini', marginPercent: 2.5 },
    ])
    expect(price.inputNanosPerMillion).toBe(161_250_000n)
    expect(price.outputNanosPerMillion).toBe(645_000_000n)
    expect(price.version).toBe(`${mini.price.version}+7.5%`)
  })

  test('raise the rates of long inputs too', () => {
    const long = find('openai/gpt-5.4')
    const { price } = adjustPrice(long, [{ provider: 'openrouter', marginPercent: 10 }])
    expect(price.longContext?.inputNanosPerMillion).toBe(5_500_000_000n)
  })

  test('make a model of unknown price one that budgets limit', () => {
    const own = ownDeployment('openai', 'house-model')
    const adjusted = adjustPrice(own, [{ provider: 'openai', input: '1', output: '2' }])
    expect(adjusted).toMatchObject({ priceKnown: true, notice: null })
    expect(adjusted.price.outputNanosPerMillion).toBe(2_000_000_000n)
  })

  test('have another version when they change', () => {
    const at = (input: string) => adjustPrice(mini, [{ model: mini.id, input, output: '2' }]).price.version
    expect(at('1')).not.toBe(at('1.1'))
    expect(at('1')).toBe(at('1'))
  })
})
