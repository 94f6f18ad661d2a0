import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { newId } from '../../../platform/ids.ts'
import { formatUsd, type Nanos } from '../../../platform/money.ts'
import { spentSince } from '../../ledger/index.ts'
import { lockOrganization } from '../../organizations/index.ts'
import { type BudgetWindow, windowStart } from '../rules/budget-window.ts'
import { type BudgetRow, listBudgets, upsertBudget } from '../store.ts'

/**
 * Sets the organization's budget. What its window has cost so far and what calls under way hold count against it; the
 * lock keeps both still while they are counted, since a call begun or ended meanwhile would be missed for good.
 */
export async function setBudget(
  scope: Scope,
  input: { limitNanos: Nanos; window: BudgetWindow; hard: boolean },
): Promise<BudgetRow> {
  requirePermission(scope.caller, 'manage:budgets')
  await lockOrganization(scope.tx)
  const windowStartedAt = windowStart(input.window, scope.now)
  const [before] = await listBudgets(scope.tx)
  const row = await upsertBudget(scope.tx, {
    organizationId: scope.organizationId,
    id: newId(),
    scope: 'organization',
    limitNanos: input.limitNanos,
    settledNanos: await spentSince(scope, windowStartedAt),
    window: input.window,
    hard: input.hard,
    windowStartedAt,
    createdAt: scope.now,
    updatedAt: scope.now,
  })
  await recordAudit(scope, {
    action: 'budget.set',
    entity: { type: 'budget', id: row.id },
    changes: {
      limitUsd: { from: before ? formatUsd(before.limitNanos) : null, to: formatUsd(row.limitNanos) },
      window: { from: before?.window ?? null, to: row.window },
      hard: { from: before?.hard ?? null, to: row.hard },
    },
  })
  return row
}
