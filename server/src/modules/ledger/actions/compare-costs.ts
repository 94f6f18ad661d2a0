import { systemTx } from '../../../platform/db/transactions.ts'
import { formatUsd } from '../../../platform/money.ts'
import type { Platform } from '../../../platform/platform.ts'
import { sumComparisons, upsertComparisons } from '../comparison-store.ts'
import { judgeCosts, marginOf } from '../rules/judge-costs.ts'

const dayMs = 86_400_000
/** Calls of killed processes are recorded when the process is back. */
const daysAgain = 7

/**
 * Puts what calls were priced at beside what their providers say they charge, for the last days that are over, and says in
 * the log which prices do not cover it. Run twice it does the same once.
 */
export async function compareCosts(on: Pick<Platform, 'database' | 'clock' | 'logger'>): Promise<void> {
  const now = on.clock.now()
  const dayBefore = (days: number) => new Date(now.getTime() - days * dayMs).toISOString().slice(0, 10)
  const range = { from: dayBefore(daysAgain), to: dayBefore(1) }
  const { comparisons } = await systemTx(on, 'operate', async (tx) => {
    await upsertComparisons(tx, range, now)
    return sumComparisons(tx, range)
  })
  for (const one of comparisons) {
    const marginNanos = marginOf(one.priceVersion, one.computedNanos)
    if (judgeCosts({ ...one, marginNanos }, one.priceVersion) !== 'lower') continue
    const { provider, model, priceVersion, calls } = one
    const costs = { computedUsd: formatUsd(one.computedNanos), reportedUsd: formatUsd(one.reportedNanos) }
    on.logger.warn(
      { provider, model, priceVersion, calls, ...costs, ...range },
      'calls were priced below what their provider reports',
    )
  }
}
