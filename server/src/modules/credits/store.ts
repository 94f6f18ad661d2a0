import { and, asc, desc, eq, isNotNull, lt, lte, sql } from 'drizzle-orm'
import type { SystemTx, TenantTx } from '../../platform/db/types.ts'
import type { Nanos } from '../../platform/money.ts'
import { creditEntries, creditGrants } from './tables.ts'

export type GrantRow = typeof creditGrants.$inferSelect
export type EntryRow = typeof creditEntries.$inferSelect

const rest = sql`${creditGrants.amountNanos} - ${creditGrants.usedNanos} - ${creditGrants.revokedNanos} - ${creditGrants.expiredNanos}`

/** The oldest first. */
export async function listGrants(tx: TenantTx): Promise<GrantRow[]> {
  return tx.select().from(creditGrants).orderBy(asc(creditGrants.createdAt), asc(creditGrants.id))
}

export async function insertGrant(tx: TenantTx, row: typeof creditGrants.$inferInsert): Promise<void> {
  await tx.insert(creditGrants).values(row)
}

export async function updateGrant(
  tx: TenantTx,
  id: string,
  to: Partial<Record<'usedNanos' | 'revokedNanos' | 'expiredNanos', Nanos>>,
): Promise<void> {
  await tx.update(creditGrants).set(to).where(eq(creditGrants.id, id))
}

export async function insertEntry(tx: TenantTx, row: EntryRow): Promise<void> {
  await tx.insert(creditEntries).values(row)
}

/** The newest first; one more than `limit`. */
export async function listEntries(
  tx: TenantTx,
  page: { limit: number; beforeId: string | undefined },
): Promise<EntryRow[]> {
  return tx
    .select()
    .from(creditEntries)
    .where(page.beforeId === undefined ? undefined : lt(creditEntries.id, page.beforeId))
    .orderBy(desc(creditEntries.id))
    .limit(page.limit + 1)
}

/** The entries that somebody made, the newest first. */
export async function listEntriesOf(
  tx: TenantTx,
  userId: string,
  page: { limit: number; beforeId: string | undefined },
): Promise<EntryRow[]> {
  return tx
    .select()
    .from(creditEntries)
    .where(
      and(
        eq(creditEntries.createdBy, userId),
        page.beforeId === undefined ? undefined : lt(creditEntries.id, page.beforeId),
      ),
    )
    .orderBy(desc(creditEntries.id))
    .limit(page.limit)
}

/** The organizations of which credits have expired that are still in their balance. */
export async function listOrganizationsOfExpired(tx: SystemTx, now: Date): Promise<string[]> {
  const rows = await tx
    .selectDistinct({ id: creditGrants.organizationId })
    .from(creditGrants)
    .where(and(isNotNull(creditGrants.expiresAt), lte(creditGrants.expiresAt, now), sql`${rest} > 0`))
    .limit(1_000)
  return rows.map(({ id }) => id)
}
