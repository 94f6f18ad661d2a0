import { systemTx } from '../../../platform/db/transactions.ts'
import type { Gateway } from '../gateway.ts'
import { insertModelPrices, type ModelPriceRow } from '../price-store.ts'
import type { ModelDeployment } from '../rules/catalogue.ts'

/**
 * Keeps every price that is in force with its version, so that the one a record names can be looked up when lists and
 * settings have long changed. Never rejects: no call waits for it.
 */
export async function keepPrices(gateway: Gateway): Promise<void> {
  const { platform } = gateway
  const firstSeenAt = platform.clock.now()
  const rows = gateway
    .directory()
    .deployments.filter(({ priceKnown }) => priceKnown)
    .map((one) => rowOf(one, firstSeenAt))
  try {
    await systemTx(platform, 'operate', (tx) => insertModelPrices(tx, rows))
  } catch (error) {
    platform.logger.warn({ err: error }, 'the prices in force could not be kept')
  }
}

function rowOf({ providerId, deploymentModel, price }: ModelDeployment, firstSeenAt: Date): ModelPriceRow {
  const { longContext: _, ...rates } = price
  const isOverride = price.version.startsWith('operator-') || price.version.includes('+')
  const source = isOverride ? 'override' : price.version.startsWith('list-') ? 'provider-list' : 'catalogue'
  return { provider: providerId, model: deploymentModel, ...rates, source, firstSeenAt }
}
