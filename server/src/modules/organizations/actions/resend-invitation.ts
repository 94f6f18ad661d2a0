import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import type { Platform } from '../../../platform/platform.ts'
import { invitationNotFound } from '../errors.ts'
import { findOpenInvitationForUpdate, getOpenInvitation, updateInvitation } from '../invitation-store.ts'
import { chooseRole } from './choose-role.ts'
import {
  mailInvitation,
  makeInvitationToken,
  type SentInvitation,
  senderOf,
  showsLink,
} from './mail-invitation.ts'
import { requireRoleChange } from './require-role-change.ts'

/**
 * Sends an open invitation again, for another seven days; the link of the letter before works no more.
 * @throws invitation_not_found (404), owners_only, exceeds_own_permissions (403)
 */
export async function resendInvitation(
  platform: Platform,
  scope: Scope,
  id: string,
): Promise<SentInvitation> {
  requirePermission(scope.caller, 'manage:users')
  const open = await findOpenInvitationForUpdate(scope.tx, { id })
  if (!open) throw invitationNotFound()
  const choice = await chooseRole(scope, open)
  requireRoleChange(scope, null, choice, 0)
  const { token, ...sent } = makeInvitationToken(scope.now)
  // Whoever sends it answers for it from now on.
  await updateInvitation(scope.tx, id, {
    ...sent,
    ...senderOf(scope.caller),
    linkShown: showsLink(platform),
  })
  const link = await mailInvitation(platform, scope, {
    email: open.email,
    token,
    choice,
    expiresAt: sent.expiresAt,
  })
  await recordAudit(scope, {
    action: 'invitation.resend',
    entity: { type: 'invitation', id },
    changes: { email: open.email },
  })
  return { ...(await getOpenInvitation(scope.tx, id)), link }
}
