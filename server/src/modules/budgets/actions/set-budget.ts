import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { lockOrganization } from '../../organizations/index.ts'
import { defaultTerms, type Terms, wholeOrganization } from '../save-terms.ts'
import { type BudgetRow, listBudgetsAbout } from '../store.ts'
import { changeBudget } from './change-budget.ts'
import { createBudget } from './create-budget.ts'

/**
 * Sets the organization's budget without naming it: the one of this window if there is one, else the oldest, else one
 * that is made.
 */
export async function setBudget(
  scope: Scope,
  terms: Pick<Terms, 'limitNanos' | 'window' | 'hard'>,
): Promise<BudgetRow> {
  requirePermission(scope.caller, 'manage:budgets')
  await lockOrganization(scope.tx)
  const own = await listBudgetsAbout(scope.tx, wholeOrganization)
  const meant = own.find(({ window }) => window === terms.window) ?? own[0]
  if (meant) return changeBudget(scope, meant.id, terms)
  const { timeZone, thresholds } = defaultTerms
  return createBudget(scope, wholeOrganization, { ...terms, timeZone, thresholds: [...thresholds] })
}
