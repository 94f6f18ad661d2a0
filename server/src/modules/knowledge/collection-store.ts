import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { TenantTx } from '../../platform/db/types.ts'
import type { CollectionReaders } from './contract.ts'
import type { CollectionRow, DocumentRow } from './store.ts'
import { collectionReaders, collections, documents } from './tables.ts'

export async function updateCollection(
  tx: TenantTx,
  id: string,
  change: Partial<Omit<CollectionRow, 'organizationId' | 'id'>>,
): Promise<CollectionRow | undefined> {
  const [row] = await tx.update(collections).set(change).where(eq(collections.id, id)).returning()
  return row
}

export async function isCollectionNameTaken(
  tx: TenantTx,
  name: string,
  byOtherThan: string,
): Promise<boolean> {
  const rows = await tx
    .select({ id: collections.id })
    .from(collections)
    .where(and(eq(collections.name, name), sql`${collections.id} <> ${byOtherThan}`))
  return rows.length > 0
}

type NewReader = typeof collectionReaders.$inferInsert

/** Sets who reads a collection, in place of whoever did. */
export async function replaceReaders(
  tx: TenantTx,
  collectionId: string,
  readers: readonly NewReader[],
): Promise<void> {
  await tx.delete(collectionReaders).where(eq(collectionReaders.collectionId, collectionId))
  if (readers.length > 0) await tx.insert(collectionReaders).values([...readers])
}

const noReaders = (): CollectionReaders => ({ roles: [], customRoleIds: [], userIds: [] })

/** Who reads these collections, beside the owners, by the collection's id. */
export async function listReaders(
  tx: TenantTx,
  collectionIds: readonly string[],
): Promise<Map<string, CollectionReaders>> {
  const found = new Map(collectionIds.map((id) => [id, noReaders()]))
  if (collectionIds.length === 0) return found
  const rows = await tx
    .select()
    .from(collectionReaders)
    .where(inArray(collectionReaders.collectionId, [...collectionIds]))
    .orderBy(asc(collectionReaders.id))
  for (const { collectionId, role, customRoleId, userId } of rows) {
    const readers = found.get(collectionId)
    if (role !== null) readers?.roles.push(role)
    if (customRoleId !== null) readers?.customRoleIds.push(customRoleId)
    if (userId !== null) readers?.userIds.push(userId)
  }
  return found
}

/** Sets all documents of a collection that are read to be read once more, and gives their ids. */
export async function requeueDocuments(
  tx: TenantTx,
  collectionId: string,
  change: Partial<DocumentRow>,
): Promise<string[]> {
  const rows = await tx
    .update(documents)
    .set(change)
    .where(and(eq(documents.collectionId, collectionId), eq(documents.status, 'ready')))
    .returning({ id: documents.id })
  return rows.map(({ id }) => id)
}

/** Which of these documents the transaction's caller may see; the others are closed to them or gone. */
export async function findVisibleDocumentIds(tx: TenantTx, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const rows = await tx
    .select({ id: documents.id })
    .from(documents)
    .where(inArray(documents.id, [...new Set(ids)]))
  return new Set(rows.map(({ id }) => id))
}
