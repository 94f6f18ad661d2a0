import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { documentNotFound } from '../errors.ts'
import type { Knowledge } from '../knowledge.ts'
import { type DocumentRow, findDocument, listPassages, type PassageRow } from '../store.ts'

export interface ReadDocument {
  readonly document: DocumentRow
  /** In the document's order. */
  readonly passages: readonly PassageRow[]
  /** Whether passages come behind. */
  readonly hasMore: boolean
}

/** A document's passages from one on. @throws knowledge.document_not_found (404) */
export async function readDocument(
  { platform }: Knowledge,
  caller: Caller,
  id: string,
  page: { limit: number; afterOrdinal: number },
): Promise<ReadDocument> {
  requirePermission(caller, 'read:documents')
  return withTenant(platform, caller, async ({ tx }) => {
    const document = await findDocument(tx, id)
    if (!document) throw documentNotFound()
    const rows = await listPassages(tx, id, page)
    return { document, passages: rows.slice(0, page.limit), hasMore: rows.length > page.limit }
  })
}
