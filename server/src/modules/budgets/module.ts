import type { FreeholdModule } from '../../platform/module.ts'
import type { Platform } from '../../platform/platform.ts'
import { budgetRoutes, type FindModelId, type SpendingGate } from './routes.ts'

/** @param gate handed in by the app, for calls stand after budgets in the order of modules */
export function budgetsModule(
  platform: Platform,
  findModelId: FindModelId,
  gate: SpendingGate,
): FreeholdModule {
  return { name: 'budgets', routes: budgetRoutes(platform, findModelId, gate) }
}
