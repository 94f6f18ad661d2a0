import { and, eq, isNull, lt, type SQL, sql } from 'drizzle-orm'
import type { Role } from '../../platform/auth/permissions.ts'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { Row, SystemTx, TenantTx } from '../../platform/db/types.ts'
import { invitations } from './tables.ts'

export type InvitationRow = typeof invitations.$inferSelect

/** An open invitation as its organization sees it. */
export interface OpenInvitation {
  id: string
  email: string
  role: Role
  customRole: { id: string; name: string } | null
  invitedBy: { id: string; name: string } | null
  createdAt: Date
  sentAt: Date
  expiresAt: Date
}

interface RawInvitation extends Row {
  id: string
  email: string
  role: Role
  custom_role_id: string | null
  custom_role_name: string | null
  invited_by: string | null
  invited_by_name: string | null
  created_at: Date | string
  sent_at: Date | string
  expires_at: Date | string
}

function openInvitationOf(row: RawInvitation): OpenInvitation {
  return {
    id: row.id,
    email: row.email,
    role: row.role,
    customRole:
      row.custom_role_id === null ? null : { id: row.custom_role_id, name: row.custom_role_name ?? '' },
    // A person who has left is nobody whom the organization could name.
    invitedBy:
      row.invited_by === null || row.invited_by_name === null
        ? null
        : { id: row.invited_by, name: row.invited_by_name },
    createdAt: new Date(row.created_at),
    sentAt: new Date(row.sent_at),
    expiresAt: new Date(row.expires_at),
  }
}

const openInvitations = (condition: SQL, limit: number) => sql`
  select i.id, i.email, i.role, r.id as custom_role_id, r.name as custom_role_name,
    i.invited_by, u.name as invited_by_name, i.created_at, i.sent_at, i.expires_at
  from freehold.invitations i
  left join freehold.roles r on r.organization_id = i.organization_id and r.id = i.custom_role_id
  left join freehold.users u on u.id = i.invited_by
  where i.accepted_at is null and i.revoked_at is null and ${condition}
  order by i.id
  limit ${limit}`

/** Neither accepted nor revoked; those that have expired can be sent again. */
export async function listOpenInvitations(
  tx: TenantTx,
  page: { limit: number; afterId: string | undefined },
): Promise<OpenInvitation[]> {
  const condition = sql`${page.afterId === undefined} or i.id > ${page.afterId ?? null}::uuid`
  const rows = await rowsOf<RawInvitation>(tx, openInvitations(sql`(${condition})`, page.limit + 1))
  return rows.map(openInvitationOf)
}

/** @throws when there is none */
export async function getOpenInvitation(tx: TenantTx, id: string): Promise<OpenInvitation> {
  const [row] = await rowsOf<RawInvitation>(tx, openInvitations(sql`i.id = ${id}::uuid`, 1))
  if (!row) throw new Error('The invitation was written and is not there.')
  return openInvitationOf(row)
}

const isOpen = and(isNull(invitations.acceptedAt), isNull(invitations.revokedAt))

export async function findOpenInvitationForUpdate(
  tx: TenantTx,
  by: { id: string } | { email: string },
): Promise<InvitationRow | undefined> {
  const [row] = await tx
    .select()
    .from(invitations)
    .where(and(isOpen, 'id' in by ? eq(invitations.id, by.id) : eq(invitations.email, by.email)))
    .for('update')
  return row
}

/** @returns false when the address has an open invitation */
export async function insertInvitation(tx: TenantTx, row: InvitationRow): Promise<boolean> {
  const inserted = await tx
    .insert(invitations)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: invitations.id })
  return inserted.length > 0
}

export async function updateInvitation(
  tx: TenantTx,
  id: string,
  change: Partial<Omit<InvitationRow, 'organizationId' | 'id'>>,
): Promise<void> {
  await tx.update(invitations).set(change).where(eq(invitations.id, id))
}

export async function hasMemberWithEmail(tx: TenantTx, email: string): Promise<boolean> {
  // A tenant sees its own members and no other people.
  const rows = await rowsOf(tx, sql`select 1 from freehold.users where lower(email) = ${email}`)
  return rows.length > 0
}

/** An invitation as whoever holds its token sees it. */
export interface HeldInvitation {
  id: string
  organization: { id: string; name: string; slug: string; deletedAt: Date | null }
  email: string
  role: Role
  customRole: { id: string; name: string; permissions: readonly string[] } | null
  invitedBy: { id: string; name: string } | null
  expiresAt: Date
  acceptedAt: Date | null
  revokedAt: Date | null
  /** Who answers for it: a person, or the owner of the key that sent it; neither for an operator or the organization's own key. */
  sender: { userId: string | null; serviceAccountId: string | null; keyIsRevoked: boolean }
  /** Then its token says nothing of who reads the address's mail. */
  linkShown: boolean
}

interface RawHeldInvitation extends RawInvitation {
  organization_id: string
  organization_name: string
  organization_slug: string
  organization_deleted_at: Date | string | null
  custom_role_permissions: string[] | null
  accepted_at: Date | string | null
  revoked_at: Date | string | null
  key_revoked_at: Date | string | null
  sender_user_id: string | null
  sender_service_account_id: string | null
  link_shown: boolean
}

const instantOf = (value: Date | string | null) => (value === null ? null : new Date(value))

/** Finds and locks: of several that accept at once one goes on, and the others find it used. */
export async function findInvitationByTokenForUpdate(
  tx: SystemTx,
  tokenHash: string,
): Promise<HeldInvitation | undefined> {
  const [row] = await rowsOf<RawHeldInvitation>(
    tx,
    sql`
    select i.id, i.organization_id, o.name as organization_name, o.slug as organization_slug,
      o.deleted_at as organization_deleted_at, i.email, i.role, r.id as custom_role_id, r.name as custom_role_name,
      r.permissions as custom_role_permissions, i.invited_by, u.name as invited_by_name, i.created_at, i.sent_at,
      i.expires_at, i.accepted_at, i.revoked_at, i.link_shown, k.revoked_at as key_revoked_at,
      coalesce(i.invited_by, k.user_id) as sender_user_id, k.service_account_id as sender_service_account_id
    from freehold.invitations i
    join freehold.organizations o on o.id = i.organization_id
    left join freehold.roles r on r.organization_id = i.organization_id and r.id = i.custom_role_id
    left join freehold.users u on u.id = i.invited_by
    left join freehold.api_keys k on k.organization_id = i.organization_id and k.id = i.invited_with
    where i.token_hash = ${tokenHash}
    for update of i`,
  )
  if (!row) return undefined
  const { customRole, invitedBy, ...open } = openInvitationOf(row)
  return {
    ...open,
    organization: {
      id: row.organization_id,
      name: row.organization_name,
      slug: row.organization_slug,
      deletedAt: instantOf(row.organization_deleted_at),
    },
    customRole: customRole && { ...customRole, permissions: row.custom_role_permissions ?? [] },
    invitedBy,
    acceptedAt: instantOf(row.accepted_at),
    revokedAt: instantOf(row.revoked_at),
    sender: {
      userId: row.sender_user_id,
      serviceAccountId: row.sender_service_account_id,
      keyIsRevoked: row.key_revoked_at !== null,
    },
    linkShown: row.link_shown,
  }
}

export async function updateInvitationAccepted(
  tx: SystemTx,
  { organization, id }: HeldInvitation,
  userId: string,
  now: Date,
): Promise<void> {
  await tx
    .update(invitations)
    .set({ acceptedAt: now, acceptedBy: userId })
    .where(and(eq(invitations.organizationId, organization.id), eq(invitations.id, id)))
}

/** Removes every invitation of a person whose account goes, in all organizations. */
export async function deleteInvitationsTo(tx: SystemTx, email: string): Promise<void> {
  await tx.delete(invitations).where(eq(invitations.email, email.toLowerCase()))
}

/** Addresses of people are not kept longer than their invitations are of use. @returns how many went */
export async function deleteOldInvitations(tx: SystemTx, before: Date): Promise<number> {
  const gone = await tx
    .delete(invitations)
    .where(lt(invitations.expiresAt, before))
    .returning({ id: invitations.id })
  return gone.length
}
