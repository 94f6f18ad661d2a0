import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { formatUsd } from '../../../platform/money.ts'
import { lockOrganization } from '../../organizations/index.ts'
import { creditGrantNotFound, nothingToRevoke } from '../errors.ts'
import { freeOf, moveWithEntry, reckonUse } from '../reckon.ts'
import { restOf } from '../rules/allocate-use.ts'
import { updateGrant } from '../store.ts'

/**
 * Takes back what is left of a grant and what no call under way holds.
 * @throws credits.grant_not_found (404), credits.nothing_to_revoke (409)
 */
export async function revokeCredits(scope: Scope, grantId: string, note: string): Promise<void> {
  requirePermission(scope.caller, 'system:admin')
  await lockOrganization(scope.tx)
  const reckoned = await reckonUse(scope)
  const grant = reckoned?.grants.find(({ id }) => id === grantId)
  if (!reckoned || !grant) throw creditGrantNotFound()
  const [rest, free] = [restOf(grant), freeOf(reckoned.balance)]
  const taken = rest < free ? rest : free
  if (taken <= 0n) throw nothingToRevoke()
  await updateGrant(scope.tx, grantId, { revokedNanos: grant.revokedNanos + taken })
  await moveWithEntry(scope, reckoned.balance, { grantId, kind: 'revocation', amountNanos: -taken, note })
  await recordAudit(scope, {
    action: 'credits.revoke',
    entity: { type: 'credit_grant', id: grantId },
    changes: { amountUsd: formatUsd(taken), note },
  })
}
