import type { Caller } from '../../platform/context.ts'
import { withTenant } from '../../platform/db/transactions.ts'
import type { Platform } from '../../platform/platform.ts'
import { findKeyOwner } from './lease-store.ts'
import { presentBudget } from './present-budget.ts'
import type { SpendingGate } from './routes.ts'
import { type BudgetRow, listBudgets } from './store.ts'

/**
 * The budgets that count what a caller spends: those that name them, for anybody, and with `read:budgets` those that
 * name nobody. What a person's own key calls counts in the person's.
 */
export function createOwnBudgets(platform: Platform, gate: SpendingGate) {
  return async (caller: Caller) => {
    if (caller.organizationId !== null) await gate.settled(caller.organizationId)
    return withTenant(platform, caller, async ({ tx, now }) => {
      const owner = caller.apiKeyId === null ? undefined : await findKeyOwner(tx, caller.apiKeyId)
      const rows = await listBudgets(tx, now)
      return rows
        .filter((row) => concerns(row, { ...caller, userId: caller.userId ?? owner ?? null }))
        .map(present)
    })
  }
}

function concerns({ about }: BudgetRow, caller: Caller): boolean {
  const { userId, apiKeyId, serviceAccountId, projectId } = about
  const named = [userId, apiKeyId, serviceAccountId, projectId].some((id) => id !== null)
  if (!named) return caller.permissions.has('read:budgets')
  return (
    (userId === null || userId === caller.userId) &&
    (apiKeyId === null || apiKeyId === caller.apiKeyId) &&
    (serviceAccountId === null || serviceAccountId === caller.serviceAccountId) &&
    (projectId === null || projectId === caller.projectId)
  )
}

function present(row: BudgetRow) {
  const { id, scope, about, hard, window, limitNanos, limitUsd, remainingNanos, remainingUsd, resetsAt } =
    presentBudget(row)
  const { model, tag } = about
  return {
    id,
    scope: scope === 'organization' ? ('organization' as const) : ('part' as const),
    model,
    tag,
    hard,
    window,
    limitNanos,
    limitUsd,
    remainingNanos,
    remainingUsd,
    resetsAt,
  }
}
