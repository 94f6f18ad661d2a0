import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { budgetNotFound } from '../errors.ts'
import { deleteBudgets, listBudgets } from '../store.ts'

/** @throws budgets.not_found (404) */
export async function removeBudget(scope: Scope): Promise<void> {
  requirePermission(scope.caller, 'manage:budgets')
  const [before] = await listBudgets(scope.tx)
  if (!before) throw budgetNotFound()
  await deleteBudgets(scope.tx)
  await recordAudit(scope, { action: 'budget.remove', entity: { type: 'budget', id: before.id } })
}
