import { recordSystemAudit } from '../../../platform/audit/record-audit.ts'
import type { Caller } from '../../../platform/context.ts'
import { systemTx } from '../../../platform/db/transactions.ts'
import type { Platform } from '../../../platform/platform.ts'
import { findUserByEmail, updateEmailVerified } from '../../identity/index.ts'
import { invitationForAnother } from '../errors.ts'
import { type HeldInvitation, updateInvitationAccepted } from '../invitation-store.ts'
import { auditedRole } from '../rules/role-choice.ts'
import { insertMembership } from '../store.ts'
import { findHeldInvitation } from './find-held-invitation.ts'

/**
 * Makes the person whose address was invited a member, with the role as it is now; of several at once one does.
 * Whoever has a token that stood in a letter alone has read the address's mail, so the address is verified by it. Somebody
 * who has become a member in another way keeps their role.
 * @throws invitation_not_found (404), invitation_over (410), invitation_for_another (403)
 */
export async function acceptInvitation(
  platform: Platform,
  caller: Caller & { userId: string },
  token: string,
): Promise<HeldInvitation> {
  const now = platform.clock.now()
  return systemTx(platform, 'accept-invitation', async (tx) => {
    const held = await findHeldInvitation(tx, token, now)
    const invited = await findUserByEmail(tx, held.email)
    if (invited?.id !== caller.userId) throw invitationForAnother({ details: { email: held.email } })
    await insertMembership(tx, {
      organizationId: held.organization.id,
      userId: caller.userId,
      role: held.role,
      customRoleId: held.customRole?.id ?? null,
      joinedAt: now,
    })
    await updateInvitationAccepted(tx, held, caller.userId, now)
    if (!held.linkShown) await updateEmailVerified(tx, caller.userId, now)
    await recordSystemAudit(tx, caller, held.organization.id, now, {
      action: 'invitation.accept',
      entity: { type: 'invitation', id: held.id },
      changes: { userId: caller.userId, ...auditedRole(held) },
    })
    return held
  })
}
