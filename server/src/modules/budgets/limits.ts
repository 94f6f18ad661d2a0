import type { Scope } from '../../platform/context.ts'
import { type CountLimit, requireRoom } from '../../platform/db/require-room.ts'
import { countBudgets } from './store.ts'

const budgetLimit: CountLimit = {
  name: 'budgets',
  most: 500,
  message: 'An organization has at most 500 budgets. Remove one that is not needed first.',
}

/** @throws limit_reached (409) */
export async function requireRoomForBudget({ tx, organizationId }: Scope): Promise<void> {
  await requireRoom(tx, budgetLimit, organizationId, () => countBudgets(tx))
}
