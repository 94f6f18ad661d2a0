import type { FreeholdModule } from '../../platform/module.ts'
import type { Platform } from '../../platform/platform.ts'
import { budgetRoutes, type FindModelId } from './routes.ts'

export function budgetsModule(platform: Platform, findModelId: FindModelId): FreeholdModule {
  return { name: 'budgets', routes: budgetRoutes(platform, findModelId) }
}
