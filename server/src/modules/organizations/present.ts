import type { Role } from '../../platform/auth/permissions.ts'
import type { SentInvitation } from './actions/mail-invitation.ts'
import type { HeldInvitation, OpenInvitation } from './invitation-store.ts'
import type { RoleRow } from './role-store.ts'
import { erasedAfter } from './rules/restore-window.ts'
import type { ServiceAccount } from './service-account-store.ts'
import type { MemberRow, OrganizationRow } from './store.ts'

export function presentOrganization(row: OrganizationRow, role: Role | null) {
  return {
    id: row.id,
    name: row.name,
    slug: row.slug,
    role,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    deletedAt: row.deletedAt?.toISOString() ?? null,
    erasedAfter: row.deletedAt && erasedAfter(row.deletedAt).toISOString(),
  }
}

export function presentMember(row: MemberRow) {
  return { ...row, joinedAt: row.joinedAt.toISOString() }
}

export function presentRole(row: RoleRow & { memberCount: number }) {
  const { id, name, description, permissions, memberCount } = row
  const [createdAt, updatedAt] = [row.createdAt.toISOString(), row.updatedAt.toISOString()]
  return { id, name, description, permissions, memberCount, createdAt, updatedAt }
}

export function presentInvitation(row: OpenInvitation, now: Date) {
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    customRole: row.customRole,
    status: row.expiresAt <= now ? 'expired' : 'pending',
    invitedBy: row.invitedBy,
    createdAt: row.createdAt.toISOString(),
    sentAt: row.sentAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  } as const
}

/** For whoever sent it, this once. */
export function presentSentInvitation(row: SentInvitation, now: Date) {
  return { ...presentInvitation(row, now), link: row.link }
}

/** For whoever holds the token and may be nobody yet: names, and no id to go on with. */
export function presentHeldInvitation(held: HeldInvitation) {
  return {
    organization: { name: held.organization.name },
    email: held.email,
    role: held.role,
    customRole: held.customRole && { name: held.customRole.name },
    invitedBy: held.invitedBy && { name: held.invitedBy.name },
    expiresAt: held.expiresAt.toISOString(),
  }
}

export function presentServiceAccount(row: ServiceAccount) {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    role: row.role,
    customRole: row.customRole,
    disabled: row.disabledAt !== null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  }
}
