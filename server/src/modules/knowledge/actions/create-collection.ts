import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { newId } from '../../../platform/ids.ts'
import { collectionNameTaken } from '../errors.ts'
import { type CollectionRow, insertCollection } from '../store.ts'

/** @throws collection_name_taken (409) */
export async function createCollection(scope: Scope, name: string): Promise<CollectionRow> {
  requirePermission(scope.caller, 'write:documents')
  const row = { organizationId: scope.organizationId, id: newId(), name, createdAt: scope.now }
  if (!(await insertCollection(scope.tx, row))) throw collectionNameTaken()
  await recordAudit(scope, {
    action: 'collection.create',
    entity: { type: 'collection', id: row.id },
    changes: { name },
  })
  return row
}
