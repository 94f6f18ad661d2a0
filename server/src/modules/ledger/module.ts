import type { FreeholdModule } from '../../platform/module.ts'
import type { Platform } from '../../platform/platform.ts'
import type { SettleAdjustments } from './actions/adjust-usage.ts'
import { ledgerJobs } from './jobs.ts'
import type { OwnBudgets } from './own-usage-route.ts'
import { usageData } from './personal-data.ts'
import type { Recorded } from './read-usage.ts'
import { ledgerRoutes } from './routes.ts'

/** @param recorded, ownBudgets, settle handed in by the app, for calls and budgets stand after the ledger in the order of modules */
export function ledgerModule(
  platform: Platform,
  recorded: Recorded,
  ownBudgets: OwnBudgets,
  settle: SettleAdjustments,
): FreeholdModule {
  return {
    name: 'ledger',
    routes: ledgerRoutes(platform, recorded, ownBudgets),
    jobs: ledgerJobs(platform, settle),
    personalData: [usageData],
  }
}
