import { asc, count, eq } from 'drizzle-orm'
import type { TenantTx } from '../../platform/db/types.ts'
import { modelAliases } from './tables.ts'

export type AliasRow = typeof modelAliases.$inferSelect

export async function listAliases(tx: TenantTx): Promise<AliasRow[]> {
  return tx.select().from(modelAliases).orderBy(asc(modelAliases.name))
}

export async function findAlias(tx: TenantTx, id: string): Promise<AliasRow | undefined> {
  const [row] = await tx.select().from(modelAliases).where(eq(modelAliases.id, id))
  return row
}

/** The row, kept still until the transaction ends. */
export async function findAliasForUpdate(tx: TenantTx, id: string): Promise<AliasRow | undefined> {
  const [row] = await tx.select().from(modelAliases).where(eq(modelAliases.id, id)).for('update')
  return row
}

export async function countAliases(tx: TenantTx): Promise<number> {
  const [row] = await tx.select({ aliases: count() }).from(modelAliases)
  return row?.aliases ?? 0
}

/** @returns false where the name is taken */
export async function insertAlias(tx: TenantTx, row: AliasRow): Promise<boolean> {
  const rows = await tx
    .insert(modelAliases)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: modelAliases.id })
  return rows.length > 0
}

export async function updateAlias(
  tx: TenantTx,
  id: string,
  changes: Omit<AliasRow, 'organizationId' | 'id' | 'name' | 'createdAt'>,
): Promise<void> {
  await tx.update(modelAliases).set(changes).where(eq(modelAliases.id, id))
}

export async function deleteAlias(tx: TenantTx, id: string): Promise<AliasRow | undefined> {
  const [row] = await tx.delete(modelAliases).where(eq(modelAliases.id, id)).returning()
  return row
}
