import { type Scope, systemCaller } from '../../../platform/context.ts'
import { systemTx, withTenant } from '../../../platform/db/transactions.ts'
import { newId } from '../../../platform/ids.ts'
import type { Platform } from '../../../platform/platform.ts'
import type { SpendingGate } from '../../budgets/index.ts'
import { lockOrganization } from '../../organizations/index.ts'
import { freeOf, moveWithEntry, reckonUse } from '../reckon.ts'
import { restOf } from '../rules/allocate-use.ts'
import { listOrganizationsOfExpired, updateGrant } from '../store.ts'

/** Takes what has expired out of all balances. */
export async function expireCredits(platform: Platform, gate: SpendingGate): Promise<void> {
  const now = platform.clock.now()
  const ids = await systemTx(platform, 'operate', (tx) => listOrganizationsOfExpired(tx, now))
  for (const id of ids) {
    // What this node holds for calls to come is not in their way.
    await gate.settled(id)
    await withTenant(platform, systemCaller(id, newId()), expireIn)
    await gate.budgetsChanged(id)
  }
}

/**
 * Takes the rests of expired grants out of the balance. What calls under way hold stays until they have ended: then they
 * have used it, or it is taken the next time.
 */
async function expireIn(scope: Scope): Promise<void> {
  await lockOrganization(scope.tx)
  const reckoned = await reckonUse(scope)
  if (!reckoned) return
  let { balance } = reckoned
  for (const grant of reckoned.grants) {
    if (!grant.expiresAt || grant.expiresAt > scope.now) continue
    const [rest, free] = [restOf(grant), freeOf(balance)]
    const taken = rest < free ? rest : free
    if (taken <= 0n) continue
    await updateGrant(scope.tx, grant.id, { expiredNanos: grant.expiredNanos + taken })
    balance = await moveWithEntry(scope, balance, {
      grantId: grant.id,
      kind: 'expiry',
      amountNanos: -taken,
      note: '',
    })
  }
}
