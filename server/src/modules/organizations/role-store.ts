import { and, asc, count, eq, gt, isNull, sql } from 'drizzle-orm'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { TenantTx } from '../../platform/db/types.ts'
import { invitations, memberships, organizationRoles, serviceAccounts } from './tables.ts'

export type RoleRow = typeof organizationRoles.$inferSelect

export async function listRoles(
  tx: TenantTx,
  page: { limit: number; afterId: string | undefined },
): Promise<(RoleRow & { memberCount: number })[]> {
  const rows = await tx
    .select({
      role: organizationRoles,
      memberCount: sql<number>`(select count(*)::int from freehold.memberships m
        where m.organization_id = ${organizationRoles.organizationId} and m.custom_role_id = ${organizationRoles.id})`,
    })
    .from(organizationRoles)
    .where(page.afterId === undefined ? undefined : gt(organizationRoles.id, page.afterId))
    .orderBy(asc(organizationRoles.id))
    .limit(page.limit + 1)
  return rows.map(({ role, memberCount }) => ({ ...role, memberCount }))
}

/** Finds a role and keeps it from changing and going until the transaction ends; others may give it meanwhile. */
export async function findRole(tx: TenantTx, id: string): Promise<RoleRow | undefined> {
  const [row] = await tx.select().from(organizationRoles).where(eq(organizationRoles.id, id)).for('share')
  return row
}

export async function findRoleForUpdate(tx: TenantTx, id: string): Promise<RoleRow | undefined> {
  const [row] = await tx.select().from(organizationRoles).where(eq(organizationRoles.id, id)).for('update')
  return row
}

/** @returns false when the name is taken */
export async function insertRole(tx: TenantTx, row: RoleRow): Promise<boolean> {
  const inserted = await tx
    .insert(organizationRoles)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: organizationRoles.id })
  return inserted.length > 0
}

export async function updateRole(
  tx: TenantTx,
  id: string,
  change: Pick<RoleRow, 'name' | 'description' | 'permissions' | 'updatedAt'>,
): Promise<void> {
  await tx.update(organizationRoles).set(change).where(eq(organizationRoles.id, id))
}

export interface RoleUses {
  members: number
  serviceAccounts: number
  invitations: number
  groups: number
}

/** Who has the role or will get it, by a group that provisioning keeps too; invitations that are over or have expired do not count. */
export async function countRoleUses(tx: TenantTx, id: string, now: Date): Promise<RoleUses> {
  const [members] = await tx
    .select({ count: count() })
    .from(memberships)
    .where(eq(memberships.customRoleId, id))
  const [accounts] = await tx
    .select({ count: count() })
    .from(serviceAccounts)
    .where(eq(serviceAccounts.customRoleId, id))
  const [open] = await tx
    .select({ count: count() })
    .from(invitations)
    .where(
      and(
        eq(invitations.customRoleId, id),
        isNull(invitations.acceptedAt),
        isNull(invitations.revokedAt),
        gt(invitations.expiresAt, now),
      ),
    )
  const [tied] = await rowsOf<{ count: number }>(
    tx,
    sql`select count(*)::int as count from freehold.scim_groups where custom_role_id = ${id}`,
  )
  return {
    members: members?.count ?? 0,
    serviceAccounts: accounts?.count ?? 0,
    invitations: open?.count ?? 0,
    groups: tied?.count ?? 0,
  }
}

export async function deleteRole(tx: TenantTx, id: string): Promise<void> {
  await tx.delete(organizationRoles).where(eq(organizationRoles.id, id))
}
