import { and, count, eq, isNull } from 'drizzle-orm'
import type { Scope } from '../../platform/context.ts'
import { type CountLimit, requireRoom } from '../../platform/db/require-room.ts'
import type { SystemTx } from '../../platform/db/types.ts'
import { invitations, organizationRoles, organizations, serviceAccounts } from './tables.ts'

export const roleLimit: CountLimit = {
  name: 'roles',
  most: 200,
  message: 'An organization has at most 200 roles of its own. Delete one that is not needed first.',
}
export const serviceAccountLimit: CountLimit = {
  name: 'service_accounts',
  most: 500,
  message: 'An organization has at most 500 service accounts. Delete one that is not needed first.',
}
export const invitationLimit: CountLimit = {
  name: 'invitations',
  most: 1_000,
  message: 'An organization has at most 1000 open invitations. Withdraw some that nobody will accept first.',
}
export const organizationLimit: CountLimit = {
  name: 'organizations',
  most: 100,
  message:
    'A person makes at most 100 organizations. Delete one that is not needed; it counts until it is erased, 30 days later.',
}

/** @throws limit_reached (409) */
export async function requireRoomForRole({ tx, organizationId }: Scope): Promise<void> {
  await requireRoom(tx, roleLimit, organizationId, async () => {
    const [row] = await tx.select({ count: count() }).from(organizationRoles)
    return row?.count ?? 0
  })
}

/** @throws limit_reached (409) */
export async function requireRoomForServiceAccount({ tx, organizationId }: Scope): Promise<void> {
  await requireRoom(tx, serviceAccountLimit, organizationId, async () => {
    const [row] = await tx.select({ count: count() }).from(serviceAccounts)
    return row?.count ?? 0
  })
}

/** For a new one: an address that has one gets no second. @throws limit_reached (409) */
export async function requireRoomForInvitation({ tx, organizationId }: Scope): Promise<void> {
  await requireRoom(tx, invitationLimit, organizationId, async () => {
    const open = and(isNull(invitations.acceptedAt), isNull(invitations.revokedAt))
    const [row] = await tx.select({ count: count() }).from(invitations).where(open)
    return row?.count ?? 0
  })
}

/** Counts those that somebody made, not those that others put into their hands. @throws limit_reached (409) */
export async function requireRoomForOrganization(tx: SystemTx, userId: string): Promise<void> {
  await requireRoom(tx, organizationLimit, userId, async () => {
    const made = eq(organizations.createdBy, userId)
    const [row] = await tx.select({ count: count() }).from(organizations).where(made)
    return row?.count ?? 0
  })
}
