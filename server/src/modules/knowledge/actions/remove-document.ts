import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { publishEvent } from '../../../platform/events/publish-event.ts'
import { documentNotFound } from '../errors.ts'
import { deleteDocument } from '../store.ts'

/** Deletes a document and its passages; the event makes the file go after the commit. @throws document_not_found (404) */
export async function removeDocument(scope: Scope, id: string): Promise<void> {
  requirePermission(scope.caller, 'write:documents')
  const row = await deleteDocument(scope.tx, id)
  if (!row) throw documentNotFound()
  await recordAudit(scope, {
    action: 'document.delete',
    entity: { type: 'document', id },
    changes: { name: row.name },
  })
  await publishEvent(scope, {
    type: 'document.deleted',
    data: { documentId: id, storageKey: row.storageKey },
  })
}
