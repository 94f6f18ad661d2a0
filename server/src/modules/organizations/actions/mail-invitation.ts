import type { Caller, Scope } from '../../../platform/context.ts'
import { hashToken, randomToken } from '../../../platform/crypto/index.ts'
import type { Platform } from '../../../platform/platform.ts'
import { organizationNotFound } from '../errors.ts'
import type { OpenInvitation } from '../invitation-store.ts'
import { composeInvitation, invitationLink } from '../rules/compose-invitation.ts'
import { nameOfChoice, type RoleChoice } from '../rules/role-choice.ts'
import { findMemberName, findOrganization } from '../store.ts'

/** An invitation with its link, where that is shown to whoever sends it. */
export interface SentInvitation extends OpenInvitation {
  link: string | null
}

const dayMs = 86_400_000
const validMs = 7 * dayMs
const tokenBytes = 32

/** A new token, for the letter alone, and what is kept of it. */
export function makeInvitationToken(now: Date): {
  token: string
  tokenHash: string
  sentAt: Date
  expiresAt: Date
} {
  const token = randomToken(tokenBytes)
  return { token, tokenHash: hashToken(token), sentAt: now, expiresAt: new Date(now.getTime() + validMs) }
}

/** Who answers for an invitation from now on: a person, or the key that asked. */
export function senderOf({ userId, apiKeyId }: Caller): {
  invitedBy: string | null
  invitedWith: string | null
} {
  return { invitedBy: userId, invitedWith: apiKeyId }
}

/**
 * Whether an invitation's link is shown to whoever sends it: on a server without a mail server, whose letters only its
 * operator can read.
 */
export function showsLink(platform: Platform): boolean {
  return platform.mail.kind === 'outbox'
}

/** Sends the letter when the transaction commits. @returns the link, to be shown this once, where `showsLink` says so */
export async function mailInvitation(
  platform: Platform,
  scope: Scope,
  invitation: { email: string; token: string; choice: RoleChoice; expiresAt: Date },
): Promise<string | null> {
  const { tx, caller, organizationId } = scope
  const organization = await findOrganization(tx, organizationId)
  if (!organization) throw organizationNotFound()
  const link = invitationLink(platform.publicUrl(), invitation.token)
  const letter = composeInvitation({
    to: invitation.email,
    organization: organization.name,
    invitedBy: caller.userId === null ? null : ((await findMemberName(tx, caller.userId)) ?? null),
    role: nameOfChoice(invitation.choice),
    link,
    expiresAt: invitation.expiresAt,
  })
  await platform.mail.send(scope, letter)
  return showsLink(platform) ? link : null
}
