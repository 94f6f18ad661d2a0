import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { lockOrganization } from '../../organizations/index.ts'
import { limitNotFound } from '../errors.ts'
import { recordSaved } from '../record-saved.ts'
import { type LimitTerms, requireTerms } from '../rules/limit-terms.ts'
import { findLimit, type NamedLimitRow, updateLimit } from '../store.ts'

/** What it is about stays. @throws limits.not_found (404), limits.limits_nothing (400) */
export async function changeLimit(
  scope: Scope,
  id: string,
  changes: Partial<LimitTerms>,
): Promise<NamedLimitRow> {
  requirePermission(scope.caller, 'manage:budgets')
  await lockOrganization(scope.tx)
  const before = await findLimit(scope.tx, id)
  if (!before) throw limitNotFound()
  const terms = { ...before.terms, ...changes }
  requireTerms(terms)
  await updateLimit(scope.tx, id, { ...terms, updatedAt: scope.now })
  return recordSaved(scope, id, before)
}
