import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { randomToken } from '../../../platform/crypto/index.ts'
import { type CountLimit, requireRoom } from '../../../platform/db/require-room.ts'
import { newId } from '../../../platform/ids.ts'
import { countDomains, type DomainRow, insertDomain } from '../domain-store.ts'
import { domainListed, domainRefused } from '../errors.ts'
import { isEverybodys } from '../rules/sign-in-domain.ts'

export const domainLimit: CountLimit = {
  name: 'domains',
  most: 50,
  message: 'An organization has at most 50 domains on the list. Remove one that is not needed first.',
}

/**
 * Puts a domain on the organization's list. It counts once it is verified.
 * @throws domain_refused (422), domain_listed, limit_reached (409)
 */
export async function addDomain(scope: Scope, domain: string): Promise<DomainRow> {
  const { tx, caller, organizationId, now } = scope
  requirePermission(caller, 'manage:sign_in')
  if (isEverybodys(domain)) throw domainRefused({ details: { domain } })
  await requireRoom(tx, domainLimit, organizationId, () => countDomains(tx))
  const row = {
    organizationId,
    id: newId(),
    domain,
    token: randomToken(24),
    createdBy: caller.userId,
    createdAt: now,
    verifiedAt: null,
  }
  if (!(await insertDomain(tx, row))) throw domainListed()
  await recordAudit(scope, {
    action: 'sign_in_domain.add',
    entity: { type: 'sign_in_domain', id: row.id },
    changes: { domain },
  })
  return row
}
