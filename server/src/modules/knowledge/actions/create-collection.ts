import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { newId } from '../../../platform/ids.ts'
import { collectionNameTaken } from '../errors.ts'
import { type CollectionRow, findCollection, insertCollection } from '../store.ts'

/** @throws collection_name_taken (409) */
export async function createCollection(scope: Scope, name: string): Promise<CollectionRow> {
  requirePermission(scope.caller, 'write:documents')
  const id = newId()
  const inserted = await insertCollection(scope.tx, {
    organizationId: scope.organizationId,
    id,
    name,
    createdAt: scope.now,
  })
  const row = inserted ? await findCollection(scope.tx, id) : undefined
  if (!row) throw collectionNameTaken()
  await recordAudit(scope, {
    action: 'collection.create',
    entity: { type: 'collection', id: row.id },
    changes: { name },
  })
  return row
}
