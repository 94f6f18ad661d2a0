import type { ModelPriceSetting } from '../../../platform/model-settings.ts'
import type { Nanos } from '../../../platform/money.ts'
import { parseUsd } from '../../../platform/money.ts'
import type { ModelDeployment } from './catalogue.ts'
import type { ModelPrice, TokenRates } from './price-call.ts'
import { versionOf } from './price-version.ts'

/**
 * The deployment at the operator's price: the rates that an entry names, then every margin that applies, of the model and
 * of its provider. The version says that it is not the list's, so that a record can be told from one at the list price.
 */
export function adjustPrice(
  deployment: ModelDeployment,
  settings: readonly ModelPriceSetting[],
): ModelDeployment {
  const fitting = settings.filter(
    ({ provider, model }) =>
      (provider === undefined || provider === deployment.providerId) &&
      (model === undefined || model === deployment.id || model === deployment.deploymentModel),
  )
  if (fitting.length === 0) return deployment
  const named = fitting.find(({ input }) => input !== undefined)
  // Hundredths of a percent, so that all arithmetic is whole.
  const margin = fitting.reduce((sum, { marginPercent = 0 }) => sum + Math.round(marginPercent * 100), 0)
  const base = named ? overridden(named) : deployment.price
  return {
    ...deployment,
    price: withMargin(base, BigInt(margin), named !== undefined),
    priceKnown: deployment.priceKnown || named !== undefined,
    notice: named && !deployment.priceKnown ? null : deployment.notice,
  }
}

function overridden({ input, output, cachedInput, cacheWrite }: ModelPriceSetting): ModelPrice {
  return {
    version: 'operator',
    inputNanosPerMillion: dollars(input),
    cachedInputNanosPerMillion: dollars(cachedInput ?? input),
    cacheWriteNanosPerMillion: dollars(cacheWrite ?? input),
    outputNanosPerMillion: dollars(output),
    longContext: null,
  }
}

function withMargin(price: ModelPrice, hundredths: bigint, overridden: boolean): ModelPrice {
  if (hundredths === 0n) return overridden ? { ...price, version: versionOf('operator', price) } : price
  const rates = raised(price, hundredths)
  const longContext = price.longContext && { ...price.longContext, ...raised(price.longContext, hundredths) }
  const margin = `+${Number(hundredths) / 100}%`
  const version = overridden ? versionOf('operator', { ...price, ...rates }) : `${price.version}${margin}`
  return { version, ...rates, longContext }
}

/** Rounded up: a margin is never less than it says. */
function raised(rates: TokenRates, hundredths: bigint): TokenRates {
  const raise = (nanos: Nanos) => (nanos * (10_000n + hundredths) + 9_999n) / 10_000n
  return {
    inputNanosPerMillion: raise(rates.inputNanosPerMillion),
    cachedInputNanosPerMillion: raise(rates.cachedInputNanosPerMillion),
    cacheWriteNanosPerMillion: raise(rates.cacheWriteNanosPerMillion),
    outputNanosPerMillion: raise(rates.outputNanosPerMillion),
  }
}

function dollars(text: string | undefined): Nanos {
  const nanos = text === undefined ? undefined : parseUsd(text)
  if (nanos === undefined) throw new Error(`${text} is no price`)
  return nanos
}
