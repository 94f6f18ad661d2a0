import { and, asc, count, eq, gt, isNotNull, isNull } from 'drizzle-orm'
import type { TenantTx } from '../../platform/db/types.ts'
import { signInDomains } from './tables.ts'

export type DomainRow = typeof signInDomains.$inferSelect

export async function listDomains(
  tx: TenantTx,
  page: { limit: number; afterId: string | undefined },
): Promise<DomainRow[]> {
  return tx
    .select()
    .from(signInDomains)
    .where(page.afterId === undefined ? undefined : gt(signInDomains.id, page.afterId))
    .orderBy(asc(signInDomains.id))
    .limit(page.limit + 1)
}

export async function countDomains(tx: TenantTx): Promise<number> {
  const [row] = await tx.select({ count: count() }).from(signInDomains)
  return row?.count ?? 0
}

export async function findDomain(tx: TenantTx, id: string): Promise<DomainRow | undefined> {
  const [row] = await tx.select().from(signInDomains).where(eq(signInDomains.id, id))
  return row
}

/** Whether the organization has shown that a domain is its own. */
export async function isVerifiedDomain(tx: TenantTx, domain: string): Promise<boolean> {
  const [row] = await tx
    .select({ id: signInDomains.id })
    .from(signInDomains)
    .where(and(eq(signInDomains.domain, domain), isNotNull(signInDomains.verifiedAt)))
  return row !== undefined
}

export async function hasVerifiedDomain(tx: TenantTx): Promise<boolean> {
  const [row] = await tx
    .select({ id: signInDomains.id })
    .from(signInDomains)
    .where(isNotNull(signInDomains.verifiedAt))
    .limit(1)
  return row !== undefined
}

/** @returns false when it is on the list already */
export async function insertDomain(tx: TenantTx, row: DomainRow): Promise<boolean> {
  const inserted = await tx
    .insert(signInDomains)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: signInDomains.id })
  return inserted.length > 0
}

/** @returns false when it is gone, or was verified meanwhile; throws 23505 when another organization has it */
export async function updateDomainVerified(tx: TenantTx, id: string, now: Date): Promise<boolean> {
  const changed = await tx
    .update(signInDomains)
    .set({ verifiedAt: now })
    .where(and(eq(signInDomains.id, id), isNull(signInDomains.verifiedAt)))
    .returning({ id: signInDomains.id })
  return changed.length > 0
}

export async function deleteDomain(tx: TenantTx, id: string): Promise<DomainRow | undefined> {
  const [row] = await tx.delete(signInDomains).where(eq(signInDomains.id, id)).returning()
  return row
}
