import type { Role } from '../../platform/auth/permissions.ts'
import type { TenantTx } from '../../platform/db/types.ts'
import { findConnection } from './connection-store.ts'
import { highestRole } from './rules/highest-role.ts'
import { listRolesOfUser } from './scim-group-store.ts'

/** What a provisioned user is here: the highest role their groups give, else what everybody gets who joins. */
export async function roleOfScimUser(
  tx: TenantTx,
  scimUserId: string,
): Promise<{ role: Role; customRoleId: string | null }> {
  const given = highestRole(await listRolesOfUser(tx, scimUserId))
  if (given) return given
  return { role: (await findConnection(tx))?.defaultRole ?? 'member', customRoleId: null }
}
