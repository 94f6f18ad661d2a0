import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { deleteConnection, findConnectionForUpdate } from '../connection-store.ts'
import { connectionNotFound } from '../errors.ts'

/** Takes the identity provider away; its people stay members. @throws connection_not_found (404) */
export async function removeConnection(scope: Scope): Promise<void> {
  requirePermission(scope.caller, 'manage:sign_in')
  const row = await findConnectionForUpdate(scope.tx)
  if (!row) throw connectionNotFound()
  await deleteConnection(scope.tx, row.id)
  await recordAudit(scope, {
    action: 'sign_in_connection.delete',
    entity: { type: 'sign_in_connection', id: row.id },
    changes: { issuer: row.issuer },
  })
}
