import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { scimNotFound } from '../errors.ts'
import { deleteScimUser, findScimUser, lockScimUser } from '../scim-user-store.ts'
import { setMembership } from './set-membership.ts'

/** Removes a user and their membership; their account stays. @throws scim.not_found (404), scim.protected (409) */
export async function removeScimUser(scope: Scope, id: string): Promise<void> {
  requirePermission(scope.caller, 'manage:provisioning')
  await lockScimUser(scope.tx, id)
  const user = await findScimUser(scope.tx, id)
  if (!user) throw scimNotFound()
  await setMembership(scope, user, false)
  await deleteScimUser(scope.tx, id)
  await recordAudit(scope, {
    action: 'scim_user.delete',
    entity: { type: 'scim_user', id },
    changes: { userId: user.userId },
  })
}
