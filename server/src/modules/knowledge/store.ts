import {
  and,
  asc,
  count,
  desc,
  eq,
  getTableColumns,
  gt,
  ilike,
  inArray,
  lt,
  notInArray,
  or,
  sql,
} from 'drizzle-orm'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { SystemTx, TenantTx } from '../../platform/db/types.ts'
import { collections, documents, passages } from './tables.ts'

export type CollectionRow = typeof collections.$inferSelect
export type DocumentRow = typeof documents.$inferSelect
export type NewPassage = typeof passages.$inferInsert

export async function insertCollection(tx: TenantTx, row: typeof collections.$inferInsert): Promise<boolean> {
  const inserted = await tx
    .insert(collections)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: collections.id })
  return inserted.length > 0
}

export async function findCollectionByName(tx: TenantTx, name: string): Promise<CollectionRow | undefined> {
  const [row] = await tx.select().from(collections).where(eq(collections.name, name))
  return row
}

export async function findCollection(tx: TenantTx, id: string): Promise<CollectionRow | undefined> {
  const [row] = await tx.select().from(collections).where(eq(collections.id, id))
  return row
}

export async function listCollections(tx: TenantTx): Promise<(CollectionRow & { documentCount: number })[]> {
  return tx
    .select({ ...getTableColumns(collections), documentCount: count(documents.id) })
    .from(collections)
    .leftJoin(documents, eq(documents.collectionId, collections.id))
    .groupBy(collections.organizationId, collections.id)
    .orderBy(asc(collections.createdAt), asc(collections.id))
}

export async function insertDocument(tx: TenantTx, row: typeof documents.$inferInsert): Promise<DocumentRow> {
  const [inserted] = await tx.insert(documents).values(row).returning()
  if (!inserted) throw new Error('The document was not inserted.')
  return inserted
}

export async function findDocument(tx: TenantTx, id: string): Promise<DocumentRow | undefined> {
  const [row] = await tx.select().from(documents).where(eq(documents.id, id))
  return row
}

/** The documents a person uploaded, the newest first. */
export async function listDocumentsOf(
  tx: TenantTx,
  userId: string,
  page: { limit: number; beforeId: string | undefined },
): Promise<DocumentRow[]> {
  return tx
    .select()
    .from(documents)
    .where(
      and(
        eq(documents.createdBy, userId),
        page.beforeId === undefined ? undefined : lt(documents.id, page.beforeId),
      ),
    )
    .orderBy(desc(documents.id))
    .limit(page.limit)
}

export async function listDocuments(
  tx: TenantTx,
  filter: {
    limit: number
    beforeId: string | undefined
    collectionId: string | undefined
    status: DocumentRow['status'] | undefined
    language: string | undefined
    q: string | undefined
  },
): Promise<DocumentRow[]> {
  const pattern = filter.q === undefined ? undefined : `%${filter.q.replaceAll(/[\\%_]/g, '\\$&')}%`
  return tx
    .select()
    .from(documents)
    .where(
      and(
        filter.beforeId === undefined ? undefined : lt(documents.id, filter.beforeId),
        filter.collectionId === undefined ? undefined : eq(documents.collectionId, filter.collectionId),
        filter.status === undefined ? undefined : eq(documents.status, filter.status),
        filter.language === undefined ? undefined : eq(documents.language, filter.language),
        pattern === undefined ? undefined : ilike(documents.name, pattern),
      ),
    )
    .orderBy(desc(documents.id))
    .limit(filter.limit + 1)
}

type DocumentChange = Partial<Omit<DocumentRow, 'organizationId' | 'id'>>

export async function updateDocument(
  tx: TenantTx,
  id: string,
  change: DocumentChange,
): Promise<DocumentRow | undefined> {
  const [row] = await tx.update(documents).set(change).where(eq(documents.id, id)).returning()
  return row
}

/** As `updateDocument`, if the document is still this node's to work on: it may have been deleted or taken over. */
export async function updateClaimedDocument(
  tx: TenantTx,
  id: string,
  nodeId: string,
  change: DocumentChange,
): Promise<boolean> {
  const rows = await tx
    .update(documents)
    .set(change)
    .where(and(eq(documents.id, id), eq(documents.nodeId, nodeId)))
    .returning({ id: documents.id })
  return rows.length > 0
}

/** Takes a queued document for this node; undefined when another has it, or it is done or gone. */
export async function claimDocument(
  tx: TenantTx,
  id: string,
  nodeId: string,
  now: Date,
): Promise<DocumentRow | undefined> {
  const [row] = await tx
    .update(documents)
    .set({
      status: 'parsing',
      nodeId,
      attempts: sql`${documents.attempts} + 1`,
      progressDone: 0,
      progressTotal: null,
      progressUnit: 'pages',
      updatedAt: now,
    })
    .where(and(eq(documents.id, id), eq(documents.status, 'queued')))
    .returning()
  return row
}

/** Documents that a process which is gone was working on. */
export async function listOrphanedDocuments(
  tx: SystemTx,
  aliveNodeIds: readonly string[],
): Promise<{ organizationId: string; id: string }[]> {
  return tx
    .select({ organizationId: documents.organizationId, id: documents.id })
    .from(documents)
    .where(
      and(
        inArray(documents.status, ['parsing', 'embedding']),
        aliveNodeIds.length === 0 ? undefined : notInArray(documents.nodeId, [...aliveNodeIds]),
      ),
    )
    .limit(1_000)
}

export async function deleteDocument(tx: TenantTx, id: string): Promise<DocumentRow | undefined> {
  const [row] = await tx.delete(documents).where(eq(documents.id, id)).returning()
  return row
}

export async function insertPassages(tx: TenantTx, rows: readonly NewPassage[]): Promise<void> {
  await tx.insert(passages).values([...rows])
}

export async function deletePassages(tx: TenantTx, documentId: string): Promise<void> {
  await tx.delete(passages).where(eq(passages.documentId, documentId))
}

export interface PassageRow {
  id: string
  documentId: string
  documentName: string
  ordinal: number
  text: string
  page: number | null
  heading: string | null
  startOffset: number
  endOffset: number
}

const passageColumns = {
  id: passages.id,
  documentId: passages.documentId,
  documentName: documents.name,
  ordinal: passages.ordinal,
  text: passages.text,
  page: passages.page,
  heading: passages.heading,
  startOffset: passages.startOffset,
  endOffset: passages.endOffset,
}

export async function listPassages(
  tx: TenantTx,
  documentId: string,
  page: { limit: number; afterOrdinal: number },
): Promise<PassageRow[]> {
  return tx
    .select(passageColumns)
    .from(passages)
    .innerJoin(documents, eq(documents.id, passages.documentId))
    .where(and(eq(passages.documentId, documentId), gt(passages.ordinal, page.afterOrdinal)))
    .orderBy(asc(passages.ordinal))
    .limit(page.limit + 1)
}

export async function findPassages(tx: TenantTx, ids: readonly string[]): Promise<PassageRow[]> {
  if (ids.length === 0) return []
  return tx
    .select(passageColumns)
    .from(passages)
    .innerJoin(documents, eq(documents.id, passages.documentId))
    .where(inArray(passages.id, [...ids]))
}

/** The passages right before and after one, in its document. */
export async function findNeighbours(
  tx: TenantTx,
  passage: { documentId: string; ordinal: number },
): Promise<{ before: string; after: string }> {
  const rows = await tx
    .select({ ordinal: passages.ordinal, text: passages.text })
    .from(passages)
    .where(
      and(
        eq(passages.documentId, passage.documentId),
        or(eq(passages.ordinal, passage.ordinal - 1), eq(passages.ordinal, passage.ordinal + 1)),
      ),
    )
  return {
    before: rows.find((row) => row.ordinal < passage.ordinal)?.text ?? '',
    after: rows.find((row) => row.ordinal > passage.ordinal)?.text ?? '',
  }
}

export interface Candidate {
  passageId: string
  textRank: number | null
  vectorRank: number | null
  /** Cosine of question and passage; null for a passage of another embedding space. */
  similarity: number | null
}

/** Candidates by words and by meaning, through the one definer function that filters by the claims itself. */
export async function searchCandidates(
  tx: TenantTx,
  search: {
    query: string
    embedding: readonly number[] | undefined
    space: string | undefined
    collectionIds: readonly string[] | undefined
    documentIds: readonly string[] | undefined
    limit: number
  },
): Promise<Candidate[]> {
  const vector = search.embedding ? `[${search.embedding.join(',')}]` : null
  const rows = await rowsOf<{
    passage_id: string
    text_rank: number | null
    vector_rank: number | null
    similarity: number | null
  }>(
    tx,
    sql`
    select s.passage_id, s.text_rank, s.vector_rank,
           case when p.embedding_space = ${search.space ?? null}
                then 1 - (p.embedding <=> ${vector}::halfvec) end as similarity
    from app.search_passages(
      ${search.query}, ${vector}::halfvec, ${search.space ?? null},
      ${uuidArray(search.collectionIds)}::uuid[], ${uuidArray(search.documentIds)}::uuid[], ${search.limit}
    ) s join freehold.passages p on p.id = s.passage_id`,
  )
  return rows.map((row) => ({
    passageId: row.passage_id,
    textRank: row.text_rank,
    vectorRank: row.vector_rank,
    similarity: row.similarity,
  }))
}

/** A list of uuids as PostgreSQL's array literal; the contract has checked that they are uuids. */
function uuidArray(ids: readonly string[] | undefined): string | null {
  return ids === undefined ? null : `{${ids.join(',')}}`
}

/** Whether the organization has any passage to search. */
export async function hasPassages(tx: TenantTx): Promise<boolean> {
  return (await tx.select({ id: passages.id }).from(passages).limit(1)).length > 0
}
