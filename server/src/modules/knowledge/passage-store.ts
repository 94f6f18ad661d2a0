import { and, eq, inArray, sql } from 'drizzle-orm'
import type { TenantTx } from '../../platform/db/types.ts'
import type { Chunk } from './rules/chunk-document.ts'
import type { StoredPassage } from './rules/plan-passages.ts'
import { passages } from './tables.ts'

/** What tells a document's passages apart, in its order. */
export async function listStoredPassages(tx: TenantTx, documentId: string): Promise<StoredPassage[]> {
  return tx
    .select({ id: passages.id, textHash: passages.textHash, embeddingSpace: passages.embeddingSpace })
    .from(passages)
    .where(eq(passages.documentId, documentId))
    .orderBy(passages.ordinal)
}

/** Deletes passages, and moves what is left out of the way: behind every place that the new version has. */
export async function deletePassagesById(
  tx: TenantTx,
  documentId: string,
  ids: readonly string[],
): Promise<void> {
  for (let first = 0; first < ids.length; first += 1_000) {
    await tx.delete(passages).where(inArray(passages.id, ids.slice(first, first + 1_000)))
  }
  // An ordinal belongs to one passage at every moment of a statement: below zero there is room.
  await tx
    .update(passages)
    .set({ ordinal: sql`-${passages.ordinal} - 1` })
    .where(and(eq(passages.documentId, documentId), sql`${passages.ordinal} >= 0`))
}

/** Puts kept passages where they stand in the new version. */
export async function movePassages(
  tx: TenantTx,
  documentId: string,
  moves: readonly { id: string; chunk: Chunk }[],
): Promise<void> {
  const rows = moves.map(({ id, chunk: { ordinal, page, startOffset, endOffset } }) => ({
    id,
    ordinal,
    page,
    start_offset: startOffset,
    end_offset: endOffset,
  }))
  await tx.execute(sql`
    update freehold.passages p
    set ordinal = m.ordinal, page = m.page, start_offset = m.start_offset, end_offset = m.end_offset
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as m(id uuid, ordinal integer, page integer, start_offset integer, end_offset integer)
    where p.id = m.id and p.document_id = ${documentId}`)
}
