import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { newId } from '../../../platform/ids.ts'
import { formatUsd, type Nanos } from '../../../platform/money.ts'
import { openCreditBalance } from '../../budgets/index.ts'
import { lockOrganization } from '../../organizations/index.ts'
import { creditExpiryInPast } from '../errors.ts'
import { moveWithEntry, reckonUse } from '../reckon.ts'
import { insertGrant } from '../store.ts'

export interface NewGrant {
  amountNanos: Nanos
  expiresAt: Date | null
  note: string
}

/**
 * Grants credits. With the first grant every call of the organization is held against its balance.
 * @throws credits.expiry_in_past (422)
 */
export async function grantCredits(scope: Scope, grant: NewGrant): Promise<void> {
  const { tx, organizationId, now, caller } = scope
  requirePermission(caller, 'system:admin')
  if (grant.expiresAt && grant.expiresAt <= now) throw creditExpiryInPast()
  await lockOrganization(tx)
  let reckoned = await reckonUse(scope)
  if (!reckoned) {
    await openCreditBalance(scope)
    reckoned = await reckonUse(scope)
  }
  if (!reckoned) throw new Error('The balance that was opened is not there.')
  const id = newId()
  await insertGrant(tx, { organizationId, id, ...grant, grantedBy: caller.userId, createdAt: now })
  const { amountNanos, note } = grant
  await moveWithEntry(scope, reckoned.balance, { grantId: id, kind: 'grant', amountNanos, note })
  await recordAudit(scope, {
    action: 'credits.grant',
    entity: { type: 'credit_grant', id },
    changes: { amountUsd: formatUsd(amountNanos), expiresAt: grant.expiresAt?.toISOString() ?? null, note },
  })
}
