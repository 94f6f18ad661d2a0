import { asc, count, eq, inArray, type SQL, sql } from 'drizzle-orm'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { TenantTx } from '../../platform/db/types.ts'
import { isActive } from './scim-filter.ts'
import { scimGroupMembers, scimGroups, scimUsers } from './tables.ts'

export type ScimUserRow = typeof scimUsers.$inferSelect

export interface ScimUser extends ScimUserRow {
  active: boolean
  groups: { id: string; displayName: string }[]
}

export async function listScimUsers(
  tx: TenantTx,
  where: SQL | undefined,
  page: { limit: number; offset: number },
): Promise<ScimUser[]> {
  const rows = await tx
    .select({ user: scimUsers, active: isActive })
    .from(scimUsers)
    .where(where)
    .orderBy(asc(scimUsers.id))
    .limit(page.limit)
    .offset(page.offset)
  const groups = await listGroupsOfUsers(
    tx,
    rows.map(({ user }) => user.id),
  )
  return rows.map(({ user, active }) => ({ ...user, active, groups: groups.get(user.id) ?? [] }))
}

async function listGroupsOfUsers(
  tx: TenantTx,
  ids: readonly string[],
): Promise<Map<string, ScimUser['groups']>> {
  const found = new Map<string, ScimUser['groups']>()
  if (ids.length === 0) return found
  const rows = await tx
    .select({ userId: scimGroupMembers.scimUserId, id: scimGroups.id, displayName: scimGroups.displayName })
    .from(scimGroupMembers)
    .innerJoin(scimGroups, eq(scimGroups.id, scimGroupMembers.groupId))
    .where(inArray(scimGroupMembers.scimUserId, [...ids]))
    .orderBy(asc(scimGroups.id))
  for (const { userId, ...group } of rows) found.set(userId, [...(found.get(userId) ?? []), group])
  return found
}

export async function countScimUsers(tx: TenantTx, where: SQL | undefined): Promise<number> {
  const [row] = await tx.select({ count: count() }).from(scimUsers).where(where)
  return row?.count ?? 0
}

export async function findScimUser(tx: TenantTx, id: string): Promise<ScimUser | undefined> {
  const [found] = await listScimUsers(tx, eq(scimUsers.id, id), { limit: 1, offset: 0 })
  return found
}

/** Of several changes at once one goes on and the others wait. */
export async function lockScimUser(tx: TenantTx, id: string): Promise<void> {
  await tx.select({ id: scimUsers.id }).from(scimUsers).where(eq(scimUsers.id, id)).for('update')
}

export async function findScimUserOfPerson(tx: TenantTx, userId: string): Promise<ScimUserRow | undefined> {
  const [row] = await tx.select().from(scimUsers).where(eq(scimUsers.userId, userId))
  return row
}

export async function isUserNameTaken(tx: TenantTx, userName: string): Promise<boolean> {
  const [row] = await tx
    .select({ id: scimUsers.id })
    .from(scimUsers)
    .where(sql`lower(${scimUsers.userName}) = lower(${userName})`)
  return row !== undefined
}

/** A tenant sees its own members among all people. */
export async function findMemberIdByEmail(tx: TenantTx, email: string): Promise<string | undefined> {
  const [row] = await rowsOf<{ id: string }>(
    tx,
    sql`select id from freehold.users where email = ${email.toLowerCase()}`,
  )
  return row?.id
}

/** Which of the ids are users of the organization. */
export async function listPeopleOfScimUsers(
  tx: TenantTx,
  ids: readonly string[],
): Promise<{ id: string; userId: string }[]> {
  if (ids.length === 0) return []
  return tx
    .select({ id: scimUsers.id, userId: scimUsers.userId })
    .from(scimUsers)
    .where(inArray(scimUsers.id, [...ids]))
    .orderBy(asc(scimUsers.userId))
}

/** @returns false when the name, or the person, is there already */
export async function insertScimUser(tx: TenantTx, row: ScimUserRow): Promise<boolean> {
  const inserted = await tx
    .insert(scimUsers)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: scimUsers.id })
  return inserted.length > 0
}

export async function updateScimUser(
  tx: TenantTx,
  id: string,
  change: Partial<Omit<ScimUserRow, 'organizationId' | 'id' | 'userId'>>,
): Promise<void> {
  await tx.update(scimUsers).set(change).where(eq(scimUsers.id, id))
}

export async function deleteScimUser(tx: TenantTx, id: string): Promise<void> {
  await tx.delete(scimUsers).where(eq(scimUsers.id, id))
}
