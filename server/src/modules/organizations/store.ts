import { and, asc, desc, eq, inArray, isNotNull, isNull, lt, or, sql } from 'drizzle-orm'
import type { Role } from '../../platform/auth/permissions.ts'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { Row, SystemTx, TenantTx } from '../../platform/db/types.ts'
import { memberships, organizationKeys, organizationRoles, organizations } from './tables.ts'

export type OrganizationRow = typeof organizations.$inferSelect

export interface MemberRow {
  userId: string
  email: string
  name: string
  role: Role
  customRole: { id: string; name: string } | null
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

export interface PersonsOrganization extends OrganizationRow {
  role: Role
  customRole: { id: string; name: string; permissions: readonly string[] } | null
}

/** The organizations a person belongs to, those deleted excepted; oldest membership first. */
export async function listOrganizationsOfPerson(
  tx: SystemTx,
  userId: string,
): Promise<PersonsOrganization[]> {
  const rows = await tx
    .select({ organization: organizations, role: memberships.role, customRole: organizationRoles })
    .from(memberships)
    .innerJoin(organizations, eq(organizations.id, memberships.organizationId))
    .leftJoin(
      organizationRoles,
      and(
        eq(organizationRoles.organizationId, memberships.organizationId),
        eq(organizationRoles.id, memberships.customRoleId),
      ),
    )
    .where(and(eq(memberships.userId, userId), isNull(organizations.deletedAt)))
    .orderBy(asc(memberships.joinedAt), asc(organizations.id))
  return rows.map(({ organization, role, customRole }) => ({ ...organization, role, customRole }))
}

/** The deleted ones that a person owns and a member deleted, newest deletion first. */
export async function listDeletedOrganizations(tx: SystemTx, userId: string): Promise<OrganizationRow[]> {
  const rows = await tx
    .select({ organization: organizations })
    .from(organizations)
    .innerJoin(memberships, eq(memberships.organizationId, organizations.id))
    .where(
      and(
        eq(memberships.userId, userId),
        eq(memberships.role, 'owner'),
        isNotNull(organizations.deletedAt),
        isNotNull(organizations.deletedBy),
      ),
    )
    .orderBy(desc(organizations.deletedAt), asc(organizations.id))
  return rows.map(({ organization }) => organization)
}

/** An organization of a person, deleted or not, with their role there; both locked. */
export async function findOrganizationOfPersonForUpdate(
  tx: SystemTx,
  id: string,
  userId: string,
): Promise<{ organization: OrganizationRow; role: Role } | undefined> {
  const [row] = await tx
    .select({ organization: organizations, role: memberships.role })
    .from(organizations)
    .innerJoin(memberships, eq(memberships.organizationId, organizations.id))
    .where(and(eq(organizations.id, id), eq(memberships.userId, userId)))
    .for('update')
  return row
}

export async function findOrganizationForUpdate(
  tx: TenantTx,
  id: string,
): Promise<OrganizationRow | undefined> {
  const [row] = await tx.select().from(organizations).where(eq(organizations.id, id)).for('update')
  return row
}

export async function updateOrganizationDeleted(
  tx: TenantTx | SystemTx,
  id: string,
  change: { deletedAt: Date | null; deletedBy: string | null; updatedAt: Date },
): Promise<void> {
  await tx.update(organizations).set(change).where(eq(organizations.id, id))
}

export async function updateOrganizationSettings(
  tx: TenantTx,
  id: string,
  settings: Record<string, unknown>,
  now: Date,
): Promise<void> {
  await tx.update(organizations).set({ settings, updatedAt: now }).where(eq(organizations.id, id))
}

export async function listErasableOrganizations(
  tx: SystemTx,
  before: Date,
  limit: number,
): Promise<string[]> {
  const rows = await tx
    .select({ id: organizations.id })
    .from(organizations)
    .where(lt(organizations.deletedAt, before))
    .orderBy(asc(organizations.deletedAt))
    .limit(limit)
  return rows.map(({ id }) => id)
}

/** Locks one that can be restored no more. @returns false where it was restored meanwhile, or is gone */
export async function lockErasableOrganization(
  tx: SystemTx,
  id: string,
  deletedBefore: Date,
): Promise<boolean> {
  const rows = await tx
    .select({ id: organizations.id })
    .from(organizations)
    .where(and(eq(organizations.id, id), lt(organizations.deletedAt, deletedBefore)))
    .for('update')
  return rows.length > 0
}

/** Every row of every tenant table goes with it. */
export async function deleteOrganizationRows(tx: SystemTx, id: string): Promise<void> {
  await tx.delete(organizations).where(eq(organizations.id, id))
}

/**
 * A person's memberships, with how many owners each organization has. Finds and locks the owners' rows too, in one
 * order, so that two last owners cannot both go.
 */
export async function listMembershipsForUpdate(
  tx: SystemTx,
  userId: string,
): Promise<{ id: string; name: string; role: Role; inUse: boolean; owners: number }[]> {
  const own = tx
    .select({ id: memberships.organizationId })
    .from(memberships)
    .where(eq(memberships.userId, userId))
  const locked = await tx
    .select({ id: memberships.organizationId, userId: memberships.userId, role: memberships.role })
    .from(memberships)
    .where(
      and(
        inArray(memberships.organizationId, own),
        or(eq(memberships.userId, userId), eq(memberships.role, 'owner')),
      ),
    )
    .orderBy(memberships.organizationId, memberships.userId)
    .for('update')
  const rows = await tx.select().from(organizations).where(inArray(organizations.id, own))
  return rows.flatMap(({ id, name, deletedAt }) => {
    const here = locked.filter((row) => row.id === id)
    const mine = here.find((row) => row.userId === userId)
    const owners = here.filter((row) => row.role === 'owner').length
    return mine ? [{ id, name, role: mine.role, inUse: deletedAt === null, owners }] : []
  })
}

export async function deleteMembershipsOf(tx: SystemTx, userId: string): Promise<void> {
  await tx.delete(memberships).where(eq(memberships.userId, userId))
}

interface RawMember extends Row {
  user_id: string
  email: string
  name: string
  role: Role
  custom_role_id: string | null
  custom_role_name: string | null
  joined_at: Date | string
}

export async function listMembers(
  tx: TenantTx,
  page: { limit: number; after: { joinedAt: string; userId: string } | undefined },
): Promise<MemberRow[]> {
  const rows = await rowsOf<RawMember>(
    tx,
    sql`
    select m.user_id, u.email, u.name, m.role, r.id as custom_role_id, r.name as custom_role_name, m.joined_at
    from freehold.memberships m join freehold.users u on u.id = m.user_id
    left join freehold.roles r on r.organization_id = m.organization_id and r.id = m.custom_role_id
    where ${page.after === undefined} or (m.joined_at, m.user_id) > (${page.after?.joinedAt ?? null}::timestamptz, ${page.after?.userId ?? null}::uuid)
    order by m.joined_at, m.user_id
    limit ${page.limit + 1}`,
  )
  return rows.map((row) => ({
    userId: row.user_id,
    email: row.email,
    name: row.name,
    role: row.role,
    customRole:
      row.custom_role_id === null ? null : { id: row.custom_role_id, name: row.custom_role_name ?? '' },
    joinedAt: new Date(row.joined_at),
  }))
}

export async function findMemberName(tx: TenantTx, userId: string): Promise<string | undefined> {
  const [row] = await rowsOf<{ name: string }>(tx, sql`select name from freehold.users where id = ${userId}`)
  return row?.name
}

/**
 * Finds and locks every owner and the member asked for, in one order, so that two demotions cannot both pass. To be called
 * once in a transaction: rows locked by a second call would be out of that order, and two such could wait for each other.
 */
export async function findMemberForUpdate(
  tx: TenantTx,
  userId: string,
): Promise<{
  member: { role: Role; customRoleId: string | null } | undefined
  owners: number
  ownerIds: readonly string[]
}> {
  const rows = await tx
    .select({
      userId: memberships.userId,
      role: memberships.role,
      customRoleId: memberships.customRoleId,
    })
    .from(memberships)
    .where(or(eq(memberships.userId, userId), eq(memberships.role, 'owner')))
    .orderBy(memberships.userId)
    .for('update')
  const ownerIds = rows.filter((row) => row.role === 'owner').map((row) => row.userId)
  return { member: rows.find((row) => row.userId === userId), owners: ownerIds.length, ownerIds }
}

export async function updateMemberRole(
  tx: TenantTx,
  userId: string,
  role: Role,
  customRoleId: string | null,
): Promise<void> {
  await tx.update(memberships).set({ role, customRoleId }).where(eq(memberships.userId, userId))
}

export async function deleteMember(tx: TenantTx, userId: string): Promise<void> {
  await tx.delete(memberships).where(eq(memberships.userId, userId))
}
