import { and, eq, gte, inArray, lt, type SQL, sql } from 'drizzle-orm'
import type { TenantTx } from '../../platform/db/types.ts'
import { type Candidate, searchCandidates } from './store.ts'
import { documents, passages } from './tables.ts'

/** Which documents a search looks into; what is absent does not narrow it. */
export interface DocumentFilter {
  collectionIds?: readonly string[] | undefined
  documentIds?: readonly string[] | undefined
  mediaTypes?: readonly string[] | undefined
  authorIds?: readonly string[] | undefined
  createdFrom?: Date | undefined
  /** The first moment that is too late. */
  createdBefore?: Date | undefined
  updatedFrom?: Date | undefined
  updatedBefore?: Date | undefined
}

/**
 * The documents that a filter leaves, where it asks for more than app.search_passages knows by itself (collections and
 * documents); undefined where it does not.
 */
export async function listFilteredDocuments(
  tx: TenantTx,
  filter: DocumentFilter,
): Promise<string[] | undefined> {
  const { createdAt, updatedAt, createdBy, mediaType } = documents
  const conditions: SQL[] = []
  if (filter.mediaTypes) conditions.push(inArray(mediaType, [...filter.mediaTypes]))
  if (filter.authorIds) conditions.push(inArray(createdBy, [...filter.authorIds]))
  if (filter.createdFrom) conditions.push(gte(createdAt, filter.createdFrom))
  if (filter.createdBefore) conditions.push(lt(createdAt, filter.createdBefore))
  if (filter.updatedFrom) conditions.push(gte(updatedAt, filter.updatedFrom))
  if (filter.updatedBefore) conditions.push(lt(updatedAt, filter.updatedBefore))
  if (conditions.length === 0) return undefined
  if (filter.documentIds) conditions.push(inArray(documents.id, [...filter.documentIds]))
  if (filter.collectionIds) conditions.push(inArray(documents.collectionId, [...filter.collectionIds]))
  const rows = await tx
    .select({ id: documents.id })
    .from(documents)
    .where(and(eq(documents.status, 'ready'), ...conditions))
  return rows.map((row) => row.id)
}

/** How many of some passages each document holds, with what is known of it. */
export async function countByDocument(tx: TenantTx, passageIds: readonly string[]) {
  if (passageIds.length === 0) return []
  return tx
    .select({
      documentId: documents.id,
      documentName: documents.name,
      collectionId: documents.collectionId,
      mediaType: documents.mediaType,
      createdBy: documents.createdBy,
      passages: sql<number>`count(*)::integer`,
    })
    .from(passages)
    .innerJoin(documents, eq(documents.id, passages.documentId))
    .where(inArray(passages.id, [...passageIds]))
    .groupBy(documents.id, documents.name, documents.collectionId, documents.mediaType, documents.createdBy)
}

/**
 * Passages with their documents, how well the words of a question match them, and their text with `mark` before and
 * after each matching word. `mark` must be something that no text holds.
 */
export async function describePassages(
  tx: TenantTx,
  ids: readonly string[],
  asked: { query: string; mark: string },
) {
  if (ids.length === 0) return []
  // As app.search_passages reads the question: any of the words may match.
  const words = sql`nullif(replace(plainto_tsquery('english', ${asked.query})::text, '&', '|'), '')::tsquery`
  const marks = `StartSel="${asked.mark}", StopSel="${asked.mark}", HighlightAll=true`
  return tx
    .select({
      passage: {
        id: passages.id,
        documentId: passages.documentId,
        documentName: documents.name,
        ordinal: passages.ordinal,
        text: passages.text,
        page: passages.page,
        heading: passages.heading,
        startOffset: passages.startOffset,
        endOffset: passages.endOffset,
      },
      document: {
        id: documents.id,
        name: documents.name,
        collectionId: documents.collectionId,
        mediaType: documents.mediaType,
        createdBy: documents.createdBy,
        createdAt: documents.createdAt,
        updatedAt: documents.updatedAt,
      },
      textScore: sql<number | null>`ts_rank_cd(text_search, ${words}, 32)::double precision`,
      marked: sql<string | null>`ts_headline('english', ${passages.text}, ${words}, ${marks})`,
    })
    .from(passages)
    .innerJoin(documents, eq(documents.id, passages.documentId))
    .where(inArray(passages.id, [...ids]))
}

export interface WeighedCandidate extends Candidate {
  /** The share of the question’s words that it holds, from 0 to 1, without those every text has; null without any. */
  wordShare: number | null
}

/** As `searchCandidates`, with how much of the question each holds. */
export async function weighCandidates(
  tx: TenantTx,
  search: Parameters<typeof searchCandidates>[1],
): Promise<WeighedCandidate[]> {
  const candidates = await searchCandidates(tx, search)
  const ids = candidates.filter((one) => one.textRank !== null).map((one) => one.passageId)
  if (ids.length === 0) return candidates.map((one) => ({ ...one, wordShare: null }))
  const asked = sql`tsvector_to_array(to_tsvector('english', ${search.query}))`
  const rows = await tx
    .select({
      id: passages.id,
      share: sql<number>`(select count(*) from unnest(tsvector_to_array(text_search)) word where word = any (${asked}))::double precision
        / greatest(cardinality(${asked}), 1)`,
    })
    .from(passages)
    .where(inArray(passages.id, ids))
  const shares = new Map(rows.map((row) => [row.id, row.share]))
  return candidates.map((one) => ({ ...one, wordShare: shares.get(one.passageId) ?? null }))
}
