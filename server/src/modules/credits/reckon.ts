import type { Scope } from '../../platform/context.ts'
import { newId } from '../../platform/ids.ts'
import type { Nanos } from '../../platform/money.ts'
import { type CreditBalance, lockCreditBalance, moveCreditBalance } from '../budgets/index.ts'
import { allocateUse } from './rules/allocate-use.ts'
import { type EntryRow, type GrantRow, insertEntry, listGrants, updateGrant } from './store.ts'

/**
 * The balance and its grants, in one transaction. The balance is a budget that calls move without looking at grants; what
 * they have used is shared out among the grants whenever those are to change, under the lock of the balance.
 *
 * Invariants: the limit of the balance is the sum of amounts less revoked less expired; nothing is taken from the balance
 * that calls have used or hold, so that it never falls below zero by a revocation or an expiry; each change that is no
 * call's leaves an entry.
 */
export interface Reckoned {
  balance: CreditBalance
  grants: readonly GrantRow[]
}

/** Locks the balance and writes down what calls have used of each grant. Undefined where there never was any. */
export async function reckonUse({ tx }: Scope): Promise<Reckoned | undefined> {
  const balance = await lockCreditBalance(tx)
  if (!balance) return undefined
  const grants = await listGrants(tx)
  const changed = allocateUse(grants, balance.settledNanos)
  for (const [id, usedNanos] of changed) await updateGrant(tx, id, { usedNanos })
  return {
    balance,
    grants: grants.map((grant) => ({ ...grant, usedNanos: changed.get(grant.id) ?? grant.usedNanos })),
  }
}

/** What may be taken from the balance: what calls have neither used nor hold. */
export function freeOf({ limitNanos, settledNanos, heldNanos }: CreditBalance): Nanos {
  const free = limitNanos - settledNanos - heldNanos
  return free < 0n ? 0n : free
}

/** Moves the balance and writes the entry. @returns the balance as it is then */
export async function moveWithEntry(
  scope: Scope,
  balance: CreditBalance,
  entry: Pick<EntryRow, 'grantId' | 'kind' | 'amountNanos' | 'note'>,
): Promise<CreditBalance> {
  const { tx, organizationId, now, caller } = scope
  await moveCreditBalance(scope, entry.amountNanos)
  const limitNanos = balance.limitNanos + entry.amountNanos
  await insertEntry(tx, {
    organizationId,
    id: newId(),
    ...entry,
    balanceNanos: limitNanos - balance.settledNanos,
    createdBy: caller.userId,
    createdAt: now,
  })
  return { ...balance, limitNanos }
}
