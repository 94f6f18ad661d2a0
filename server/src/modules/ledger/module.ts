import type { FreeholdModule } from '../../platform/module.ts'
import type { Platform } from '../../platform/platform.ts'
import { usageData } from './personal-data.ts'
import { ledgerRoutes, type Recorded } from './routes.ts'

/** @param recorded handed in by the app, for calls stand after the ledger in the order of modules */
export function ledgerModule(platform: Platform, recorded: Recorded): FreeholdModule {
  return { name: 'ledger', routes: ledgerRoutes(platform, recorded), personalData: [usageData] }
}
