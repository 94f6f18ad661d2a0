import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { invitationNotFound } from '../errors.ts'
import { findOpenInvitationForUpdate, updateInvitation } from '../invitation-store.ts'
import { chooseRole } from './choose-role.ts'
import { requireRoleChange } from './require-role-change.ts'

/** Ends an open invitation. @throws invitation_not_found (404), owners_only, exceeds_own_permissions (403) */
export async function revokeInvitation(scope: Scope, id: string): Promise<void> {
  requirePermission(scope.caller, 'manage:users')
  const open = await findOpenInvitationForUpdate(scope.tx, { id })
  if (!open) throw invitationNotFound()
  requireRoleChange(scope, await chooseRole(scope, open), null, Number.POSITIVE_INFINITY)
  await updateInvitation(scope.tx, id, { revokedAt: scope.now })
  await recordAudit(scope, {
    action: 'invitation.revoke',
    entity: { type: 'invitation', id },
    changes: { email: open.email },
  })
}
