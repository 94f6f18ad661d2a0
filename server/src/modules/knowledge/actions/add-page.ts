import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import type { Knowledge } from '../knowledge.ts'
import { namePage } from '../rules/name-page.ts'
import type { DocumentRow } from '../store.ts'
import { uploadDocument } from './upload-document.ts'

/**
 * Fetches a page or a file from the web and queues its reading.
 * @throws what WebReader.read throws, document_empty, document_type_unsupported, document_type_mismatch,
 *   collection_not_found
 */
export async function addPage(
  knowledge: Knowledge,
  caller: Caller,
  page: { url: string; collectionId: string | undefined },
  signal: AbortSignal,
): Promise<DocumentRow> {
  requirePermission(caller, 'write:documents')
  const fetched = await knowledge.web.read(page.url, undefined, signal)
  if (fetched === undefined) throw new Error('A page that was never read came as unchanged.')
  const { url, mediaType, bytes, etag, modified } = fetched
  return uploadDocument(knowledge, caller, {
    name: namePage(url),
    mediaType,
    bytes,
    collectionId: page.collectionId,
    source: { url, etag, modified },
  })
}
