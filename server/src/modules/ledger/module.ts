import type { FreeholdModule } from '../../platform/module.ts'
import type { Platform } from '../../platform/platform.ts'
import { usageData } from './personal-data.ts'
import { ledgerRoutes } from './routes.ts'

export function ledgerModule(platform: Platform): FreeholdModule {
  return { name: 'ledger', routes: ledgerRoutes(platform), personalData: [usageData] }
}
