import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { lockOrganization } from '../../organizations/index.ts'
import { budgetExists, budgetNotFound } from '../errors.ts'
import { countTerms, recordSaved, type Terms } from '../save-terms.ts'
import { type BudgetRow, findBudget, listBudgetsAbout, updateBudget } from '../store.ts'

/**
 * Changes how much a budget allows, when and how. What it is about stays: calls under way are held in it for that.
 * @throws budgets.not_found (404), budgets.exists (409)
 */
export async function changeBudget(scope: Scope, id: string, changes: Partial<Terms>): Promise<BudgetRow> {
  requirePermission(scope.caller, 'manage:budgets')
  await lockOrganization(scope.tx)
  const before = await findBudget(scope.tx, id, scope.now)
  if (!before) throw budgetNotFound()
  const { limitNanos, window, timeZone, hard, thresholds } = { ...before, ...changes }
  const others = (await listBudgetsAbout(scope.tx, before.about)).filter((one) => one.id !== id)
  if (others.some((one) => one.window === window)) throw budgetExists()
  const terms = { limitNanos, window, timeZone, hard, thresholds }
  await updateBudget(scope.tx, id, await countTerms(scope, before.about, terms))
  return recordSaved(scope, id, before)
}
