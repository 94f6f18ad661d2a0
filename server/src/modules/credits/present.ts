import { formatUsd } from '../../platform/money.ts'
import type { CreditBalance } from '../budgets/index.ts'
import { freeOf } from './reckon.ts'
import { allocateUse, inOrderOfUse, restOf } from './rules/allocate-use.ts'
import type { EntryRow, GrantRow } from './store.ts'

/** The balance with its grants; what was used since it was reckoned is shared out here, and not written. */
export function presentBalance(balance: CreditBalance | undefined, kept: readonly GrantRow[]) {
  const changed = allocateUse(kept, balance?.settledNanos ?? 0n)
  const grants = kept.map((grant) => ({ ...grant, usedNanos: changed.get(grant.id) ?? grant.usedNanos }))
  const sum = (name: 'amountNanos' | 'revokedNanos' | 'expiredNanos') =>
    grants.reduce((total, grant) => total + grant[name], 0n).toString()
  const remaining = balance ? freeOf(balance) : 0n
  return {
    isOn: balance !== undefined,
    grantedNanos: sum('amountNanos'),
    usedNanos: (balance?.settledNanos ?? 0n).toString(),
    revokedNanos: sum('revokedNanos'),
    expiredNanos: sum('expiredNanos'),
    heldNanos: (balance?.heldNanos ?? 0n).toString(),
    remainingNanos: remaining.toString(),
    remainingUsd: formatUsd(remaining),
    grants: inOrderOfUse(grants).map((grant) => ({
      id: grant.id,
      amountNanos: grant.amountNanos.toString(),
      amountUsd: formatUsd(grant.amountNanos),
      usedNanos: grant.usedNanos.toString(),
      revokedNanos: grant.revokedNanos.toString(),
      expiredNanos: grant.expiredNanos.toString(),
      restNanos: restOf(grant).toString(),
      restUsd: formatUsd(restOf(grant)),
      expiresAt: grant.expiresAt?.toISOString() ?? null,
      note: grant.note,
      createdAt: grant.createdAt.toISOString(),
    })),
  }
}

export function presentEntry({ id, grantId, kind, amountNanos, balanceNanos, note, createdAt }: EntryRow) {
  return {
    id,
    grantId,
    kind,
    amountNanos: amountNanos.toString(),
    amountUsd: formatUsd(amountNanos),
    balanceNanos: balanceNanos.toString(),
    balanceUsd: formatUsd(balanceNanos),
    note,
    createdAt: createdAt.toISOString(),
  }
}
