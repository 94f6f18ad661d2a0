export type InvitationState = 'open' | 'expired' | 'revoked' | 'used' | 'organization_deleted'

/** Whether an invitation can be accepted now, and if not, why. */
export function invitationState(
  invitation: {
    expiresAt: Date
    acceptedAt: Date | null
    revokedAt: Date | null
    organization: { deletedAt: Date | null }
  },
  now: Date,
): InvitationState {
  if (invitation.acceptedAt) return 'used'
  if (invitation.revokedAt) return 'revoked'
  if (invitation.organization.deletedAt) return 'organization_deleted'
  return invitation.expiresAt <= now ? 'expired' : 'open'
}
