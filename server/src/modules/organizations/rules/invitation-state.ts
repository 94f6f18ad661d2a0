export type InvitationState =
  | 'open'
  | 'expired'
  | 'revoked'
  | 'used'
  | 'organization_deleted'
  | 'inviter_gone'

/** Whether an invitation can be accepted now, and if not, why. */
export function invitationState(
  invitation: {
    expiresAt: Date
    acceptedAt: Date | null
    revokedAt: Date | null
    organization: { deletedAt: Date | null }
    /** Whether whoever sent it may still give what it gives. */
    inviterMayStill: boolean
  },
  now: Date,
): InvitationState {
  if (invitation.acceptedAt) return 'used'
  if (invitation.revokedAt) return 'revoked'
  if (invitation.organization.deletedAt) return 'organization_deleted'
  if (invitation.expiresAt <= now) return 'expired'
  return invitation.inviterMayStill ? 'open' : 'inviter_gone'
}
