import { and, eq, isNull, lte } from 'drizzle-orm'
import {
  type Permission,
  permissionsOfMachine,
  permissionsOfMember,
} from '../../platform/auth/permissions.ts'
import type { SystemTx } from '../../platform/db/types.ts'
import { memberships, organizationRoles, organizations, serviceAccounts } from './tables.ts'

/**
 * What a person may do in an organization at this moment, by their built-in or custom role. Undefined when they do
 * not belong to it, or only since after `at`: whoever leaves and comes back does not bring their old keys along. Undefined
 * too when it is deleted.
 */
export async function findMemberPermissions(
  tx: SystemTx,
  organizationId: string,
  userId: string,
  at: Date,
): Promise<ReadonlySet<Permission> | undefined> {
  const [row] = await tx
    .select({ role: memberships.role, granted: organizationRoles.permissions })
    .from(memberships)
    .innerJoin(organizations, eq(organizations.id, memberships.organizationId))
    .leftJoin(
      organizationRoles,
      and(
        eq(organizationRoles.organizationId, memberships.organizationId),
        eq(organizationRoles.id, memberships.customRoleId),
      ),
    )
    .where(
      and(
        eq(memberships.organizationId, organizationId),
        eq(memberships.userId, userId),
        lte(memberships.joinedAt, at),
        isNull(organizations.deletedAt),
      ),
    )
  return row && permissionsOfMember(row.role, row.granted)
}

/**
 * What a service account may do at this moment: never what belongs to people alone. Undefined when it is disabled or
 * gone, or its organization is deleted.
 */
export async function findServiceAccountPermissions(
  tx: SystemTx,
  organizationId: string,
  id: string,
): Promise<ReadonlySet<Permission> | undefined> {
  const [row] = await tx
    .select({ role: serviceAccounts.role, granted: organizationRoles.permissions })
    .from(serviceAccounts)
    .innerJoin(organizations, eq(organizations.id, serviceAccounts.organizationId))
    .leftJoin(
      organizationRoles,
      and(
        eq(organizationRoles.organizationId, serviceAccounts.organizationId),
        eq(organizationRoles.id, serviceAccounts.customRoleId),
      ),
    )
    .where(
      and(
        eq(serviceAccounts.organizationId, organizationId),
        eq(serviceAccounts.id, id),
        isNull(serviceAccounts.disabledAt),
        isNull(organizations.deletedAt),
      ),
    )
  return row && permissionsOfMachine(permissionsOfMember(row.role, row.granted))
}

/** Whether an organization exists and is not deleted. */
export async function isOrganizationActive(tx: SystemTx, organizationId: string): Promise<boolean> {
  const [row] = await tx
    .select({ id: organizations.id })
    .from(organizations)
    .where(and(eq(organizations.id, organizationId), isNull(organizations.deletedAt)))
  return row !== undefined
}
