import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { budgetNotFound } from '../errors.ts'
import { deleteBudget } from '../store.ts'

/** @throws budgets.not_found (404) */
export async function removeBudget(scope: Scope, id: string): Promise<void> {
  requirePermission(scope.caller, 'manage:budgets')
  if (!(await deleteBudget(scope.tx, id))) throw budgetNotFound()
  await recordAudit(scope, { action: 'budget.remove', entity: { type: 'budget', id } })
}
