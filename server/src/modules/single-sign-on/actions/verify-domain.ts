import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { readTenant, sqlState, withTenant } from '../../../platform/db/transactions.ts'
import { type DomainRow, findDomain, updateDomainVerified } from '../domain-store.ts'
import { domainNotFound, domainNotProven, domainTaken } from '../errors.ts'
import { recordOf } from '../present.ts'
import type { SingleSignOn } from '../single-sign-on.ts'

/**
 * Looks for the domain's TXT record, and takes the domain for the organization's own when it is there.
 * @throws domain_not_found (404), domain_not_proven (422), domain_taken (409)
 */
export async function verifyDomain(sso: SingleSignOn, caller: Caller, id: string): Promise<DomainRow> {
  const { platform, records } = sso
  requirePermission(caller, 'manage:sign_in')
  const row = await readTenant(platform, caller, ({ tx }) => findDomain(tx, id))
  if (!row) throw domainNotFound()
  if (row.verifiedAt) return row
  const { name, value } = recordOf(row)
  if (!(await records.listTexts(name)).includes(value))
    throw domainNotProven({ details: { record: recordOf(row) } })
  try {
    return await withTenant(platform, caller, async (scope) => {
      if (await updateDomainVerified(scope.tx, id, scope.now)) {
        await recordAudit(scope, {
          action: 'sign_in_domain.verify',
          entity: { type: 'sign_in_domain', id },
          changes: { domain: row.domain },
        })
      }
      const now = await findDomain(scope.tx, id)
      if (!now) throw domainNotFound()
      return now
    })
  } catch (error) {
    // Whoever is told so has shown that the domain is theirs.
    throw sqlState(error) === '23505' ? domainTaken({ cause: error }) : error
  }
}
