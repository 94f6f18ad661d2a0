import { asc, count, eq } from 'drizzle-orm'
import type { TenantTx } from '../../platform/db/types.ts'
import { providerKeys } from './tables.ts'

export type ProviderKeyRow = typeof providerKeys.$inferSelect

export async function listProviderKeys(tx: TenantTx): Promise<ProviderKeyRow[]> {
  return tx.select().from(providerKeys).orderBy(asc(providerKeys.provider), asc(providerKeys.id))
}

export async function findProviderKeyForUpdate(
  tx: TenantTx,
  id: string,
): Promise<ProviderKeyRow | undefined> {
  const [row] = await tx.select().from(providerKeys).where(eq(providerKeys.id, id)).for('update')
  return row
}

export async function countProviderKeys(tx: TenantTx): Promise<number> {
  const [row] = await tx.select({ keys: count() }).from(providerKeys)
  return row?.keys ?? 0
}

export async function insertProviderKey(tx: TenantTx, row: ProviderKeyRow): Promise<void> {
  await tx.insert(providerKeys).values(row)
}

export async function updateProviderKey(
  tx: TenantTx,
  id: string,
  changes: Partial<Omit<ProviderKeyRow, 'organizationId' | 'id'>>,
): Promise<ProviderKeyRow | undefined> {
  const [row] = await tx.update(providerKeys).set(changes).where(eq(providerKeys.id, id)).returning()
  return row
}

export async function deleteProviderKey(tx: TenantTx, id: string): Promise<ProviderKeyRow | undefined> {
  const [row] = await tx.delete(providerKeys).where(eq(providerKeys.id, id)).returning()
  return row
}
