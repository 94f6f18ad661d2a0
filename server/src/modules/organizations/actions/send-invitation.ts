import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { type Role, requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { newId } from '../../../platform/ids.ts'
import type { Platform } from '../../../platform/platform.ts'
import { requireRoomForInvitation } from '../count-limits.ts'
import { alreadyMember } from '../errors.ts'
import {
  findOpenInvitationForUpdate,
  getOpenInvitation,
  hasMemberWithEmail,
  insertInvitation,
  updateInvitation,
} from '../invitation-store.ts'
import { auditedRole } from '../rules/role-choice.ts'
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
 * Invites an address. Where it has an open invitation, that one gets the role and a new letter, and the link of the
 * old letter works no more.
 * @throws already_member, limit_reached (409), role_not_found (404), owners_only, exceeds_own_permissions (403)
 */
export async function sendInvitation(
  platform: Platform,
  scope: Scope,
  input: { email: string; role: Role; customRoleId?: string | undefined },
): Promise<SentInvitation> {
  const { caller, tx, now, organizationId } = scope
  requirePermission(caller, 'manage:users')
  const email = input.email.toLowerCase()
  const choice = await chooseRole(scope, input)
  requireRoleChange(scope, null, choice, 0)
  if (await hasMemberWithEmail(tx, email)) throw alreadyMember()
  const { token, ...sent } = makeInvitationToken(now)
  const granted = { role: choice.role, customRoleId: choice.customRole?.id ?? null }
  const made = {
    organizationId,
    id: newId(),
    email,
    ...granted,
    ...sent,
    ...senderOf(caller),
    createdAt: now,
    acceptedAt: null,
    acceptedBy: null,
    revokedAt: null,
    linkShown: showsLink(platform),
  }
  if (!(await findOpenInvitationForUpdate(tx, { email }))) await requireRoomForInvitation(scope)
  const isNew = await insertInvitation(tx, made)
  const open = isNew ? made : await findOpenInvitationForUpdate(tx, { email })
  // It was accepted or revoked between the two statements; what came of that counts.
  if (!open) throw alreadyMember()
  if (!isNew) {
    // Otherwise whoever manages members could take from somebody what was promised by those above.
    requireRoleChange(scope, await chooseRole(scope, open), null, Number.POSITIVE_INFINITY)
    await updateInvitation(tx, open.id, {
      ...granted,
      ...sent,
      ...senderOf(caller),
      linkShown: showsLink(platform),
    })
  }
  const link = await mailInvitation(platform, scope, { email, token, choice, expiresAt: sent.expiresAt })
  await recordAudit(scope, {
    action: isNew ? 'invitation.send' : 'invitation.resend',
    entity: { type: 'invitation', id: open.id },
    changes: { email, ...auditedRole(choice) },
  })
  return { ...(await getOpenInvitation(tx, open.id)), link }
}
