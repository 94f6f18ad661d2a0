import { asc, eq, or, sql } from 'drizzle-orm'
import type { Role } from '../../platform/auth/permissions.ts'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { Row, SystemTx, TenantTx } from '../../platform/db/types.ts'
import { memberships, organizationKeys, organizations } from './tables.ts'

export type OrganizationRow = typeof organizations.$inferSelect

export interface MemberRow {
  userId: string
  email: string
  name: string
  role: Role
  joinedAt: Date
}

export async function insertOrganization(
  tx: SystemTx,
  row: typeof organizations.$inferInsert,
): Promise<void> {
  await tx.insert(organizations).values(row)
}

export async function insertMembership(
  tx: SystemTx | TenantTx,
  row: typeof memberships.$inferInsert,
): Promise<boolean> {
  const inserted = await tx
    .insert(memberships)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: memberships.userId })
  return inserted.length > 0
}

export async function insertOrganizationKey(
  tx: SystemTx | TenantTx,
  row: typeof organizationKeys.$inferInsert,
): Promise<void> {
  await tx.insert(organizationKeys).values(row)
}

export async function listOrganizationKeys(
  tx: TenantTx,
): Promise<{ id: string; wrapped: string; createdAt: Date }[]> {
  return tx
    .select({
      id: organizationKeys.id,
      wrapped: organizationKeys.wrapped,
      createdAt: organizationKeys.createdAt,
    })
    .from(organizationKeys)
    .orderBy(asc(organizationKeys.createdAt), asc(organizationKeys.id))
}

/**
 * Waits for every open transaction that has inserted a row of the organization, and makes later ones wait until this
 * one ends: their foreign keys lock the organization's row for sharing.
 */
export async function lockOrganization(tx: TenantTx): Promise<void> {
  await tx.execute(sql`select 1 from freehold.organizations for update`)
}

/** The one organization a tenant transaction sees. */
export async function findOrganization(tx: TenantTx, id: string): Promise<OrganizationRow | undefined> {
  const [row] = await tx.select().from(organizations).where(eq(organizations.id, id))
  return row
}

export async function updateOrganizationName(
  tx: TenantTx,
  id: string,
  name: string,
  now: Date,
): Promise<OrganizationRow | undefined> {
  const [row] = await tx
    .update(organizations)
    .set({ name, updatedAt: now })
    .where(eq(organizations.id, id))
    .returning()
  return row
}

export async function listOrganizationsOfPerson(
  tx: SystemTx,
  userId: string,
): Promise<(OrganizationRow & { role: Role })[]> {
  const rows = await tx
    .select({ organization: organizations, role: memberships.role })
    .from(memberships)
    .innerJoin(organizations, eq(organizations.id, memberships.organizationId))
    .where(eq(memberships.userId, userId))
    .orderBy(asc(memberships.joinedAt), asc(organizations.id))
  return rows.map((row) => ({ ...row.organization, role: row.role }))
}

interface RawMember extends Row {
  user_id: string
  email: string
  name: string
  role: Role
  joined_at: Date | string
}

export async function listMembers(
  tx: TenantTx,
  page: { limit: number; after: { joinedAt: string; userId: string } | undefined },
): Promise<MemberRow[]> {
  const rows = await rowsOf<RawMember>(
    tx,
    sql`
    select m.user_id, u.email, u.name, m.role, m.joined_at
    from freehold.memberships m join freehold.users u on u.id = m.user_id
    where ${page.after === undefined} or (m.joined_at, m.user_id) > (${page.after?.joinedAt ?? null}::timestamptz, ${page.after?.userId ?? null}::uuid)
    order by m.joined_at, m.user_id
    limit ${page.limit + 1}`,
  )
  return rows.map((row) => ({
    userId: row.user_id,
    email: row.email,
    name: row.name,
    role: row.role,
    joinedAt: new Date(row.joined_at),
  }))
}

/** Finds and locks every owner and the member asked for, in one order, so that two demotions cannot both pass. */
export async function findMemberForUpdate(
  tx: TenantTx,
  userId: string,
): Promise<{ role: Role | undefined; owners: number }> {
  const rows = await tx
    .select({ userId: memberships.userId, role: memberships.role })
    .from(memberships)
    .where(or(eq(memberships.userId, userId), eq(memberships.role, 'owner')))
    .orderBy(memberships.userId)
    .for('update')
  return {
    role: rows.find((row) => row.userId === userId)?.role,
    owners: rows.filter((row) => row.role === 'owner').length,
  }
}

export async function updateMemberRole(tx: TenantTx, userId: string, role: Role): Promise<void> {
  await tx.update(memberships).set({ role }).where(eq(memberships.userId, userId))
}

export async function deleteMember(tx: TenantTx, userId: string): Promise<void> {
  await tx.delete(memberships).where(eq(memberships.userId, userId))
}
