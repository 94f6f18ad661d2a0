import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { deleteConnection, findConnectionForUpdate } from '../connection-store.ts'
import { connectionNotFound } from '../errors.ts'
import { composeRemovalLetter } from '../rules/compose-removal-letter.ts'
import { type Letters, mailOwners } from './mail-owners.ts'

/** Takes the identity provider away, of which every owner is told; its people stay members. @throws connection_not_found (404) */
export async function removeConnection(on: Letters, scope: Scope): Promise<void> {
  requirePermission(scope.caller, 'manage:sign_in')
  const row = await findConnectionForUpdate(scope.tx)
  if (!row) throw connectionNotFound()
  await deleteConnection(scope.tx, row.id)
  await mailOwners(on, scope, (owner) => composeRemovalLetter({ ...owner, removed: { issuer: row.issuer } }))
  await recordAudit(scope, {
    action: 'sign_in_connection.delete',
    entity: { type: 'sign_in_connection', id: row.id },
    changes: { issuer: row.issuer },
  })
}
