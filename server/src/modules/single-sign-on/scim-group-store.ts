import { and, asc, count, eq, gt, inArray, type SQL, sql } from 'drizzle-orm'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { Row, TenantTx } from '../../platform/db/types.ts'
import { type GroupRole, roleOfGroup } from './rules/highest-role.ts'
import { scimGroupMembers, scimGroups, scimUsers } from './tables.ts'

export type ScimGroupRow = typeof scimGroups.$inferSelect

export interface ScimGroup extends ScimGroupRow {
  members: { id: string; userName: string }[]
}

export async function listScimGroups(
  tx: TenantTx,
  where: SQL | undefined,
  page: { limit: number; offset: number },
): Promise<ScimGroup[]> {
  const rows = await tx
    .select()
    .from(scimGroups)
    .where(where)
    .orderBy(asc(scimGroups.id))
    .limit(page.limit)
    .offset(page.offset)
  if (rows.length === 0) return []
  const members = await tx
    .select({ groupId: scimGroupMembers.groupId, id: scimUsers.id, userName: scimUsers.userName })
    .from(scimGroupMembers)
    .innerJoin(scimUsers, eq(scimUsers.id, scimGroupMembers.scimUserId))
    .where(
      inArray(
        scimGroupMembers.groupId,
        rows.map(({ id }) => id),
      ),
    )
    .orderBy(asc(scimUsers.id))
  const byGroup = Map.groupBy(members, ({ groupId }) => groupId)
  return rows.map((row) => ({
    ...row,
    members: (byGroup.get(row.id) ?? []).map(({ id, userName }) => ({ id, userName })),
  }))
}

export async function countScimGroups(tx: TenantTx, where: SQL | undefined): Promise<number> {
  const [row] = await tx.select({ count: count() }).from(scimGroups).where(where)
  return row?.count ?? 0
}

export async function findScimGroup(tx: TenantTx, id: string): Promise<ScimGroup | undefined> {
  const [found] = await listScimGroups(tx, eq(scimGroups.id, id), { limit: 1, offset: 0 })
  return found
}

/** Of several changes at once one goes on and the others wait. */
export async function lockScimGroup(tx: TenantTx, id: string): Promise<void> {
  await tx.select({ id: scimGroups.id }).from(scimGroups).where(eq(scimGroups.id, id)).for('update')
}

/** @returns false when the name is taken */
export async function insertScimGroup(tx: TenantTx, row: ScimGroupRow): Promise<boolean> {
  const inserted = await tx
    .insert(scimGroups)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: scimGroups.id })
  return inserted.length > 0
}

export async function updateScimGroup(
  tx: TenantTx,
  id: string,
  change: Partial<Omit<ScimGroupRow, 'organizationId' | 'id'>>,
): Promise<void> {
  await tx.update(scimGroups).set(change).where(eq(scimGroups.id, id))
}

export async function deleteScimGroup(tx: TenantTx, id: string): Promise<void> {
  await tx.delete(scimGroups).where(eq(scimGroups.id, id))
}

export async function insertGroupMembers(
  tx: TenantTx,
  place: { organizationId: string; groupId: string; createdAt: Date },
  scimUserIds: readonly string[],
): Promise<void> {
  if (scimUserIds.length === 0) return
  await tx
    .insert(scimGroupMembers)
    .values(scimUserIds.map((scimUserId) => ({ ...place, scimUserId })))
    .onConflictDoNothing()
}

export async function deleteGroupMembers(
  tx: TenantTx,
  groupId: string,
  scimUserIds: readonly string[],
): Promise<void> {
  if (scimUserIds.length === 0) return
  await tx
    .delete(scimGroupMembers)
    .where(and(eq(scimGroupMembers.groupId, groupId), inArray(scimGroupMembers.scimUserId, [...scimUserIds])))
}

interface RawTie extends Row {
  role: ScimGroupRow['role']
  custom_role_id: string | null
  granted: string[] | null
}

/** The roles that the groups of a user give. */
export async function listRolesOfUser(tx: TenantTx, scimUserId: string): Promise<GroupRole[]> {
  const rows = await rowsOf<RawTie>(
    tx,
    sql`
    select g.role, g.custom_role_id, r.permissions as granted
    from freehold.scim_group_members m
    join freehold.scim_groups g on g.organization_id = m.organization_id and g.id = m.group_id
    left join freehold.roles r on r.organization_id = g.organization_id and r.id = g.custom_role_id
    where m.scim_user_id = ${scimUserId}`,
  )
  return rows.flatMap(
    ({ role, custom_role_id, granted }) => roleOfGroup({ role, customRoleId: custom_role_id, granted }) ?? [],
  )
}

export interface TiedGroup extends ScimGroupRow {
  memberCount: number
  customRole: { id: string; name: string } | null
}

export async function listTiedGroups(
  tx: TenantTx,
  page: { limit: number; afterId?: string | undefined; id?: string },
): Promise<TiedGroup[]> {
  const rows = await tx
    .select({
      group: scimGroups,
      memberCount: sql<number>`(select count(*)::int from freehold.scim_group_members m
        where m.group_id = scim_groups.id)`,
      customRoleName: sql<
        string | null
      >`(select r.name from freehold.roles r where r.id = scim_groups.custom_role_id)`,
    })
    .from(scimGroups)
    .where(
      and(
        page.afterId === undefined ? undefined : gt(scimGroups.id, page.afterId),
        page.id === undefined ? undefined : eq(scimGroups.id, page.id),
      ),
    )
    .orderBy(asc(scimGroups.id))
    .limit(page.limit + 1)
  return rows.map(({ group, memberCount, customRoleName }) => ({
    ...group,
    memberCount,
    customRole:
      group.customRoleId === null || customRoleName === null
        ? null
        : { id: group.customRoleId, name: customRoleName },
  }))
}
