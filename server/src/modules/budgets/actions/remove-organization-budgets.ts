import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { budgetNotFound } from '../errors.ts'
import { wholeOrganization } from '../save-terms.ts'
import { listBudgetsAbout } from '../store.ts'
import { removeBudget } from './remove-budget.ts'

/** Removes the budgets in which every call counts, of whichever window. @throws budgets.not_found (404) */
export async function removeOrganizationBudgets(scope: Scope): Promise<void> {
  requirePermission(scope.caller, 'manage:budgets')
  const own = await listBudgetsAbout(scope.tx, wholeOrganization)
  if (own.length === 0) throw budgetNotFound()
  for (const { id } of own) await removeBudget(scope, id)
}
