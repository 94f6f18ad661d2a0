import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { readTenant, withTenant } from '../../../platform/db/transactions.ts'
import { publishEvent } from '../../../platform/events/publish-event.ts'
import { newId } from '../../../platform/ids.ts'
import { collectionNotFound } from '../errors.ts'
import { ingestJob } from '../jobs.ts'
import type { Knowledge } from '../knowledge.ts'
import { checkUpload } from '../rules/check-upload.ts'
import { type DocumentRow, findCollection, findDocument, insertDocument } from '../store.ts'
import { ensureDefaultCollection } from './ensure-default-collection.ts'

export interface Upload {
  name: string
  mediaType: string
  bytes: Uint8Array
  collectionId: string | undefined
  /** Where on the web it comes from. */
  source?: { url: string; etag: string | null; modified: string | null }
  /** Given by whoever may come twice with the same: a document that is there already is not made again. */
  id?: string
}

/**
 * Stores a file and queues its reading. The file is on the disk before its row is committed, and the job is sent in
 * the row's own transaction: a process killed at any moment leaves either a whole document or none.
 * @throws document_empty, document_type_unsupported, document_type_mismatch, collection_not_found
 */
export async function uploadDocument(
  knowledge: Knowledge,
  caller: Caller,
  upload: Upload,
): Promise<DocumentRow> {
  const { platform } = knowledge
  requirePermission(caller, 'write:documents')
  // A name from the web promises nothing.
  checkUpload(upload.bytes, upload.source === undefined ? upload.name : '')
  const id = upload.id ?? newId()
  const known = upload.id === undefined ? undefined : await findKnown(knowledge, caller, id)
  if (known) return known
  const collection = await withTenant(platform, caller, async (scope) => {
    if (upload.collectionId === undefined) return ensureDefaultCollection(scope)
    return findCollection(scope.tx, upload.collectionId)
  })
  if (!collection) throw collectionNotFound()
  const storageKey = `org/${caller.organizationId}/documents/${id}/original`
  const stored = await platform.storage.put(storageKey, upload.bytes)
  try {
    return await withTenant(platform, caller, async (scope) => {
      const row = await insertDocument(scope.tx, {
        organizationId: scope.organizationId,
        id,
        collectionId: collection.id,
        name: upload.name,
        mediaType: upload.mediaType,
        sizeBytes: stored.sizeBytes,
        sha256: stored.sha256,
        storageKey,
        status: 'queued',
        createdBy: caller.userId,
        createdAt: scope.now,
        updatedAt: scope.now,
        sourceUrl: upload.source?.url ?? null,
        sourceEtag: upload.source?.etag ?? null,
        sourceModified: upload.source?.modified ?? null,
        fetchedAt: upload.source === undefined ? null : scope.now,
      })
      await platform.jobs.send(scope, ingestJob, { organizationId: scope.organizationId, documentId: id })
      await recordAudit(scope, {
        action: 'document.upload',
        entity: { type: 'document', id },
        changes: {
          name: row.name,
          sizeBytes: row.sizeBytes,
          ...(upload.source && { url: upload.source.url }),
        },
      })
      await publishEvent(scope, { type: 'document.uploaded', data: { documentId: id } })
      return row
    })
  } catch (error) {
    await platform.storage.delete(storageKey)
    throw error
  }
}

function findKnown({ platform }: Knowledge, caller: Caller, id: string): Promise<DocumentRow | undefined> {
  return readTenant(platform, caller, ({ tx }) => findDocument(tx, id))
}
