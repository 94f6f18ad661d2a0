import { and, eq, isNotNull, ne, sql } from 'drizzle-orm'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { SystemTx, TenantTx } from '../../platform/db/types.ts'
import { signInConnections, signInDomains, signInIdentities } from './tables.ts'

export type ConnectionRow = typeof signInConnections.$inferSelect
export type IdentityRow = typeof signInIdentities.$inferSelect

/** The one connection of the organization. */
export async function findConnection(tx: TenantTx): Promise<ConnectionRow | undefined> {
  const [row] = await tx.select().from(signInConnections)
  return row
}

export async function findConnectionForUpdate(tx: TenantTx): Promise<ConnectionRow | undefined> {
  const [row] = await tx.select().from(signInConnections).for('update')
  return row
}

export async function insertConnection(tx: TenantTx, row: ConnectionRow): Promise<void> {
  await tx.insert(signInConnections).values(row)
}

export async function updateConnection(
  tx: TenantTx,
  id: string,
  change: Partial<Omit<ConnectionRow, 'organizationId' | 'id'>>,
): Promise<void> {
  await tx.update(signInConnections).set(change).where(eq(signInConnections.id, id))
}

/** What its identity provider said of people goes with it. */
export async function deleteConnection(tx: TenantTx, id: string): Promise<void> {
  await tx.delete(signInConnections).where(eq(signInConnections.id, id))
}

/** Through which connection people of a domain sign in, in whichever organization. */
export async function findConnectionOfDomain(
  tx: SystemTx,
  domain: string,
): Promise<ConnectionRow | undefined> {
  const [row] = await tx
    .select({ connection: signInConnections })
    .from(signInDomains)
    .innerJoin(signInConnections, eq(signInConnections.organizationId, signInDomains.organizationId))
    .where(
      and(
        eq(signInDomains.domain, domain),
        isNotNull(signInDomains.verifiedAt),
        eq(signInConnections.enabled, true),
        sql`exists (select from freehold.organizations o
          where o.id = ${signInDomains.organizationId} and o.deleted_at is null)`,
      ),
    )
  return row?.connection
}

/** Whether a person must come through the connection of their address's domain: owners of its organization need not. */
export async function mustUseSingleSignOn(tx: SystemTx, userId: string): Promise<boolean> {
  const rows = await rowsOf(
    tx,
    sql`
    select 1 from freehold.users u
    join freehold.sign_in_domains d on d.domain = split_part(u.email, '@', 2) and d.verified_at is not null
    join freehold.sign_in_connections c on c.organization_id = d.organization_id and c.required and c.enabled
    join freehold.organizations o on o.id = d.organization_id and o.deleted_at is null
    where u.id = ${userId} and not exists (select from freehold.memberships m
      where m.organization_id = d.organization_id and m.user_id = u.id and m.role = 'owner')`,
  )
  return rows.length > 0
}

/** Whether an organization's identity provider says what somebody's address is: they must come by it, came by it, or are provisioned. */
export async function managesAddressOf(tx: SystemTx, userId: string): Promise<boolean> {
  const rows = await rowsOf(
    tx,
    sql`
    select 1 from freehold.organizations o where o.deleted_at is null and (
      exists (select from freehold.sign_in_identities i
        join freehold.sign_in_connections c on c.organization_id = i.organization_id and c.id = i.connection_id
        where i.organization_id = o.id and i.user_id = ${userId} and c.enabled)
      or exists (select from freehold.scim_users s where s.organization_id = o.id and s.user_id = ${userId}))`,
  )
  return rows.length > 0 || (await mustUseSingleSignOn(tx, userId))
}

/** The address of an account, and whether it owns the organization or operates the installation. */
export async function findAccount(
  tx: SystemTx,
  organizationId: string,
  userId: string,
): Promise<{ email: string; privileged: boolean } | undefined> {
  const [row] = await rowsOf<{ email: string; privileged: boolean }>(
    tx,
    sql`
    select u.email, u.super_admin or exists (select from freehold.memberships m
      where m.organization_id = ${organizationId} and m.user_id = u.id and m.role = 'owner') as privileged
    from freehold.users u where u.id = ${userId}`,
  )
  return row
}

interface Owner {
  userId: string
  email: string
  name: string
  organization: string
}

export async function listOwners(tx: TenantTx): Promise<Owner[]> {
  const rows = await rowsOf<{ user_id: string; email: string; name: string; organization: string }>(
    tx,
    sql`
    select m.user_id, u.email, u.name, o.name as organization from freehold.memberships m
    join freehold.users u on u.id = m.user_id join freehold.organizations o on o.id = m.organization_id
    where m.role = 'owner' order by m.user_id`,
  )
  return rows.map(({ user_id: userId, ...rest }) => ({ ...rest, userId }))
}

export async function findIdentity(
  tx: TenantTx,
  connectionId: string,
  subject: string,
): Promise<IdentityRow | undefined> {
  const [row] = await tx
    .select()
    .from(signInIdentities)
    .where(and(eq(signInIdentities.connectionId, connectionId), eq(signInIdentities.subject, subject)))
  return row
}

/** Another subject that is the same person here. */
export async function findOtherIdentity(
  tx: TenantTx,
  connectionId: string,
  userId: string,
  subject: string,
): Promise<IdentityRow | undefined> {
  const [row] = await tx
    .select()
    .from(signInIdentities)
    .where(
      and(
        eq(signInIdentities.connectionId, connectionId),
        eq(signInIdentities.userId, userId),
        ne(signInIdentities.subject, subject),
      ),
    )
  return row
}

export async function deleteIdentity(tx: TenantTx, id: string): Promise<void> {
  await tx.delete(signInIdentities).where(eq(signInIdentities.id, id))
}

/** Notes who a subject is; of two sign-ins at once the first does. */
export async function insertIdentity(tx: TenantTx, row: IdentityRow): Promise<void> {
  await tx.insert(signInIdentities).values(row).onConflictDoNothing()
}

export async function updateIdentityUsed(tx: TenantTx, id: string, now: Date): Promise<void> {
  await tx.update(signInIdentities).set({ lastUsedAt: now }).where(eq(signInIdentities.id, id))
}
