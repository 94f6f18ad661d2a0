import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { readTenant, withTenant } from '../../../platform/db/transactions.ts'
import { publishEvent } from '../../../platform/events/publish-event.ts'
import { newId } from '../../../platform/ids.ts'
import { documentBusy, documentNotFound, documentNotFromUrl } from '../errors.ts'
import { ingestJob } from '../jobs.ts'
import type { Knowledge } from '../knowledge.ts'
import { checkUpload } from '../rules/check-upload.ts'
import { type DocumentRow, findDocument, updateDocument } from '../store.ts'
import { freshReading } from './retry-document.ts'
import type { Upload } from './upload-document.ts'

/** A new version of a document, whose place, links and unchanged passages stay. */
export type Replacement = Pick<Upload, 'mediaType' | 'bytes' | 'source'> & { name?: string }

/**
 * Puts a new version in a document's place and queues its reading. The same bytes again change nothing but when they
 * were fetched.
 * @throws document_not_found (404), document_busy (409), document_empty, document_type_mismatch (422),
 *   document_type_unsupported (415)
 */
export async function replaceDocument(
  knowledge: Knowledge,
  caller: Caller,
  id: string,
  version: Replacement,
): Promise<DocumentRow> {
  const { platform } = knowledge
  requirePermission(caller, 'write:documents')
  const before = await readTenant(platform, caller, (scope) => findDocument(scope.tx, id))
  if (!before) throw documentNotFound()
  checkUpload(version.bytes, version.source === undefined ? (version.name ?? before.name) : '')
  const storageKey = `org/${caller.organizationId}/documents/${id}/${newId()}`
  const stored = await platform.storage.put(storageKey, version.bytes)
  let kept = false
  try {
    return await withTenant(platform, caller, async (scope) => {
      const now = await findDocument(scope.tx, id)
      if (!now) throw documentNotFound()
      if (now.status !== 'ready' && now.status !== 'failed') throw documentBusy()
      // A file that somebody uploads in a page's place is no page any more.
      const source = {
        sourceUrl: version.source?.url ?? null,
        sourceEtag: version.source?.etag ?? null,
        sourceModified: version.source?.modified ?? null,
        fetchedAt: version.source === undefined ? null : scope.now,
      }
      const isSame = now.sha256 === stored.sha256 && now.status === 'ready'
      const row = await updateDocument(
        scope.tx,
        id,
        isSame
          ? { ...source, updatedAt: scope.now }
          : {
              ...source,
              ...freshReading,
              ...(version.name === undefined ? {} : { name: version.name }),
              mediaType: version.mediaType,
              sizeBytes: stored.sizeBytes,
              sha256: stored.sha256,
              storageKey,
              updatedAt: scope.now,
            },
      )
      if (!row) throw documentNotFound()
      if (isSame) return row
      await platform.jobs.send(scope, ingestJob, { organizationId: scope.organizationId, documentId: id })
      await recordAudit(scope, {
        action: 'document.replace',
        entity: { type: 'document', id },
        changes: { name: row.name, sizeBytes: row.sizeBytes },
      })
      await publishEvent(scope, {
        type: 'document.replaced',
        data: { documentId: id, storageKey: now.storageKey },
      })
      kept = true
      return row
    })
  } finally {
    if (!kept) await platform.storage.delete(storageKey)
  }
}

/**
 * Asks a document's page whether it has changed, and reads it again if so.
 * @throws what WebReader.read throws, document_not_from_url (422), and what replaceDocument throws
 */
export async function refreshDocument(
  knowledge: Knowledge,
  caller: Caller,
  id: string,
  signal: AbortSignal,
): Promise<DocumentRow> {
  const { platform } = knowledge
  requirePermission(caller, 'write:documents')
  const before = await readTenant(platform, caller, (scope) => findDocument(scope.tx, id))
  if (!before) throw documentNotFound()
  if (before.sourceUrl === null) throw documentNotFromUrl()
  if (before.status !== 'ready' && before.status !== 'failed') throw documentBusy()
  // A document that failed is read again whatever its page says.
  const known =
    before.status === 'ready' ? { etag: before.sourceEtag, modified: before.sourceModified } : undefined
  const page = await knowledge.web.read(before.sourceUrl, known, signal)
  if (page !== undefined) {
    const { url, etag, modified, mediaType, bytes } = page
    return replaceDocument(knowledge, caller, id, { mediaType, bytes, source: { url, etag, modified } })
  }
  const row = await withTenant(platform, caller, (scope) =>
    updateDocument(scope.tx, id, { fetchedAt: scope.now }),
  )
  if (!row) throw documentNotFound()
  return row
}
