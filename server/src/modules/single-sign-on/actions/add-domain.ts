import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { randomToken } from '../../../platform/crypto/index.ts'
import { newId } from '../../../platform/ids.ts'
import { countDomains, type DomainRow, insertDomain } from '../domain-store.ts'
import { domainListed, domainRefused, tooManyDomains } from '../errors.ts'
import { isEverybodys } from '../rules/sign-in-domain.ts'

const mostDomains = 50

/**
 * Puts a domain on the organization's list. It counts once it is verified.
 * @throws domain_refused, too_many_domains (422), domain_listed (409)
 */
export async function addDomain(scope: Scope, domain: string): Promise<DomainRow> {
  const { tx, caller, organizationId, now } = scope
  requirePermission(caller, 'manage:sign_in')
  if (isEverybodys(domain)) throw domainRefused({ details: { domain } })
  if ((await countDomains(tx)) >= mostDomains) throw tooManyDomains()
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
