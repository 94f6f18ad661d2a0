import { asc, eq, gt } from 'drizzle-orm'
import type { TenantTx } from '../../platform/db/types.ts'
import { organizationRoles, serviceAccounts } from './tables.ts'

export type ServiceAccountRow = typeof serviceAccounts.$inferSelect

export type ServiceAccount = ServiceAccountRow & { customRole: { id: string; name: string } | null }

const columns = {
  account: serviceAccounts,
  customRole: { id: organizationRoles.id, name: organizationRoles.name },
}

export async function listServiceAccounts(
  tx: TenantTx,
  page: { limit: number; afterId: string | undefined },
): Promise<ServiceAccount[]> {
  const rows = await tx
    .select(columns)
    .from(serviceAccounts)
    .leftJoin(organizationRoles, eq(organizationRoles.id, serviceAccounts.customRoleId))
    .where(page.afterId === undefined ? undefined : gt(serviceAccounts.id, page.afterId))
    .orderBy(asc(serviceAccounts.id))
    .limit(page.limit + 1)
  return rows.map(({ account, customRole }) => ({ ...account, customRole }))
}

export async function findServiceAccount(tx: TenantTx, id: string): Promise<ServiceAccount | undefined> {
  const [row] = await tx
    .select(columns)
    .from(serviceAccounts)
    .leftJoin(organizationRoles, eq(organizationRoles.id, serviceAccounts.customRoleId))
    .where(eq(serviceAccounts.id, id))
  return row && { ...row.account, customRole: row.customRole }
}

export async function findServiceAccountForUpdate(
  tx: TenantTx,
  id: string,
): Promise<ServiceAccountRow | undefined> {
  const [row] = await tx.select().from(serviceAccounts).where(eq(serviceAccounts.id, id)).for('update')
  return row
}

/** @returns false when the name is taken */
export async function insertServiceAccount(tx: TenantTx, row: ServiceAccountRow): Promise<boolean> {
  const inserted = await tx
    .insert(serviceAccounts)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: serviceAccounts.id })
  return inserted.length > 0
}

export async function updateServiceAccount(
  tx: TenantTx,
  id: string,
  change: Partial<Omit<ServiceAccountRow, 'organizationId' | 'id'>>,
): Promise<void> {
  await tx.update(serviceAccounts).set(change).where(eq(serviceAccounts.id, id))
}

/** Its API keys go with it. */
export async function deleteServiceAccount(tx: TenantTx, id: string): Promise<void> {
  await tx.delete(serviceAccounts).where(eq(serviceAccounts.id, id))
}
