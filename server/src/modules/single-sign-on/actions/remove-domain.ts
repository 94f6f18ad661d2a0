import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { deleteDomain } from '../domain-store.ts'
import { domainNotFound } from '../errors.ts'
import { composeRemovalLetter } from '../rules/compose-removal-letter.ts'
import { type Letters, mailOwners } from './mail-owners.ts'

/**
 * Takes a domain off the list: its people sign in as everybody else does. Of one that was verified every owner is told.
 * @throws domain_not_found (404)
 */
export async function removeDomain(on: Letters, scope: Scope, id: string): Promise<void> {
  requirePermission(scope.caller, 'manage:sign_in')
  const row = await deleteDomain(scope.tx, id)
  if (!row) throw domainNotFound()
  const { domain } = row
  if (row.verifiedAt)
    await mailOwners(on, scope, (owner) => composeRemovalLetter({ ...owner, removed: { domain } }))
  await recordAudit(scope, {
    action: 'sign_in_domain.remove',
    entity: { type: 'sign_in_domain', id },
    changes: { domain: row.domain, verified: row.verifiedAt !== null },
  })
}
