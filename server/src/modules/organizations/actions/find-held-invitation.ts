import { permissionsOfMember } from '../../../platform/auth/permissions.ts'
import { hashToken } from '../../../platform/crypto/index.ts'
import type { SystemTx } from '../../../platform/db/types.ts'
import { invitationNotFound, invitationOver } from '../errors.ts'
import { findMemberPermissions, findServiceAccountPermissions } from '../find-permissions.ts'
import { findInvitationByTokenForUpdate, type HeldInvitation } from '../invitation-store.ts'
import { type InvitationState, invitationState } from '../rules/invitation-state.ts'

const messages: Readonly<Record<Exclude<InvitationState, 'open'>, string>> = {
  used: 'This invitation was accepted already. Sign in to go on.',
  revoked: 'This invitation was withdrawn. Ask for a new one if that was a mistake.',
  expired: 'This invitation has expired. Ask for a new one.',
  organization_deleted: 'The organization that sent this invitation was deleted.',
  inviter_gone: 'Whoever sent this invitation may not invite to this role any more. Ask for a new one.',
}

/** The open invitation of a token, locked. @throws invitation_not_found (404), invitation_over (410) with the reason */
export async function findHeldInvitation(tx: SystemTx, token: string, now: Date): Promise<HeldInvitation> {
  const held = await findInvitationByTokenForUpdate(tx, hashToken(token))
  if (!held) throw invitationNotFound()
  const state = invitationState({ ...held, inviterMayStill: await mayStillGive(tx, held, now) }, now)
  if (state !== 'open') throw invitationOver({ message: messages[state], details: { reason: state } })
  return held
}

/** An invitation gives no more than its sender could give now, and ends with the key that sent it. */
async function mayStillGive(tx: SystemTx, held: HeldInvitation, now: Date): Promise<boolean> {
  const { userId, serviceAccountId, keyIsRevoked } = held.sender
  if (keyIsRevoked) return false
  if (userId === null && serviceAccountId === null) return true
  const { id } = held.organization
  const holds =
    userId === null
      ? await findServiceAccountPermissions(tx, id, serviceAccountId ?? '')
      : await findMemberPermissions(tx, id, userId, now)
  const gives = permissionsOfMember(held.role, held.customRole?.permissions ?? null)
  return holds?.has('manage:users') === true && [...gives].every((permission) => holds.has(permission))
}
