import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { newId } from '../../../platform/ids.ts'
import { lockOrganization } from '../../organizations/index.ts'
import { budgetExists, budgetSubjectNotFound } from '../errors.ts'
import { requireRoomForBudget } from '../limits.ts'
import { countTerms, recordSaved, type Terms } from '../save-terms.ts'
import { type BudgetAbout, type BudgetRow, hasSubjects, insertBudget, listBudgetsAbout } from '../store.ts'

/**
 * Makes a budget. What its window has cost so far and what calls under way hold count against it; the lock keeps both
 * still while they are counted, since a call begun or ended meanwhile would be missed for good.
 * @throws budgets.subject_not_found (404), budgets.exists (409), limit_reached (409)
 */
export async function createBudget(scope: Scope, about: BudgetAbout, terms: Terms): Promise<BudgetRow> {
  requirePermission(scope.caller, 'manage:budgets')
  await lockOrganization(scope.tx)
  await requireRoomForBudget(scope)
  if (!(await hasSubjects(scope.tx, about))) throw budgetSubjectNotFound()
  const others = await listBudgetsAbout(scope.tx, about)
  if (others.some(({ window }) => window === terms.window)) throw budgetExists()
  const id = newId()
  const counted = await countTerms(scope, about, terms)
  await insertBudget(
    scope.tx,
    { organizationId: scope.organizationId, id, ...counted, createdAt: scope.now },
    about,
  )
  return recordSaved(scope, id, undefined)
}
