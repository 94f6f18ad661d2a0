import type { FreeholdModule } from '../../platform/module.ts'
import type { Platform } from '../../platform/platform.ts'
import { budgetRoutes } from './routes.ts'

export function budgetsModule(platform: Platform): FreeholdModule {
  return { name: 'budgets', routes: budgetRoutes(platform) }
}
