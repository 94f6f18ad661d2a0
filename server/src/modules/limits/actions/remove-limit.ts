import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { limitNotFound } from '../errors.ts'
import { deleteLimit } from '../store.ts'

/** @throws limits.not_found (404) */
export async function removeLimit(scope: Scope, id: string): Promise<void> {
  requirePermission(scope.caller, 'manage:budgets')
  if (!(await deleteLimit(scope.tx, id))) throw limitNotFound()
  await recordAudit(scope, { action: 'limit.remove', entity: { type: 'limit', id } })
}
