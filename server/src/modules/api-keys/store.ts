import { and, count, eq, gt, isNull, lt, or, sql } from 'drizzle-orm'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { Row, SystemTx, TenantTx } from '../../platform/db/types.ts'
import { apiKeys } from './tables.ts'

export type ApiKeyRow = typeof apiKeys.$inferSelect

export interface ListedApiKey {
  id: string
  name: string
  prefix: string
  createdAt: Date
  createdBy: { id: string; name: string } | null
  owner: { kind: 'person' | 'service_account' | 'organization'; id: string | null; name: string | null }
  scopes: string[] | null
  allowedIps: string[] | null
  requestsPerMinute: number | null
  lastUsedAt: Date | null
  expiresAt: Date | null
  revokedAt: Date | null
  rotatedTo: string | null
  madeWith: string | null
  project: { id: string; name: string } | null
}

export async function insertApiKey(
  tx: TenantTx | SystemTx,
  row: typeof apiKeys.$inferInsert,
): Promise<{ inserted: boolean }> {
  const rows = await tx.insert(apiKeys).values(row).onConflictDoNothing().returning({ id: apiKeys.id })
  return { inserted: rows.length > 0 }
}

/** How many keys work now. */
export async function countUsableApiKeys(tx: TenantTx, now: Date): Promise<number> {
  const [row] = await tx
    .select({ count: count() })
    .from(apiKeys)
    .where(and(isNull(apiKeys.revokedAt), or(isNull(apiKeys.expiresAt), gt(apiKeys.expiresAt, now))))
  return row?.count ?? 0
}

interface RawApiKey extends Row {
  id: string
  name: string
  prefix: string
  created_at: string | Date
  created_by: string | null
  created_by_name: string | null
  last_used_at: string | Date | null
  expires_at: string | Date | null
  revoked_at: string | Date | null
  user_id: string | null
  user_name: string | null
  service_account_id: string | null
  service_account_name: string | null
  scopes: string[] | null
  allowed_ips: string[] | null
  requests_per_minute: number | null
  rotated_to: string | null
  made_with: string | null
  project_id: string | null
  project_name: string | null
}

const listed = sql`
  select k.id, k.name, k.prefix, k.created_at, k.created_by, u.name as created_by_name,
         k.last_used_at, k.expires_at, k.revoked_at, k.scopes, k.allowed_ips::text[] as allowed_ips,
         k.requests_per_minute, k.rotated_to, k.made_with, k.user_id, owner.name as user_name,
         k.service_account_id, s.name as service_account_name, k.project_id, p.name as project_name
  from freehold.api_keys k
  left join freehold.users u on u.id = k.created_by
  left join freehold.users owner on owner.id = k.user_id
  left join freehold.service_accounts s on s.organization_id = k.organization_id and s.id = k.service_account_id
  left join freehold.projects p on p.organization_id = k.organization_id and p.id = k.project_id`

export async function findApiKeyRow(tx: TenantTx, id: string): Promise<ApiKeyRow | undefined> {
  const [row] = await tx.select().from(apiKeys).where(eq(apiKeys.id, id))
  return row
}

/** Finds and keeps from ending until the transaction is over: what is made with it is there to end with it. */
export async function findApiKeyRowForShare(tx: TenantTx, id: string): Promise<ApiKeyRow | undefined> {
  const [row] = await tx.select().from(apiKeys).where(eq(apiKeys.id, id)).for('share')
  return row
}

/** Finds and locks: of two who rotate a key at once one finds it rotated. */
export async function findApiKeyRowForUpdate(tx: TenantTx, id: string): Promise<ApiKeyRow | undefined> {
  const [row] = await tx.select().from(apiKeys).where(eq(apiKeys.id, id)).for('update')
  return row
}

export async function updateApiKeyRotated(
  tx: TenantTx,
  id: string,
  to: { rotatedTo: string; expiresAt: Date },
): Promise<void> {
  await tx.update(apiKeys).set(to).where(eq(apiKeys.id, id))
}

export async function updateApiKeyProject(tx: TenantTx, id: string, projectId: string | null): Promise<void> {
  await tx.update(apiKeys).set({ projectId }).where(eq(apiKeys.id, id))
}

export async function findApiKeyById(
  tx: SystemTx,
  organizationId: string,
  id: string,
): Promise<ApiKeyRow | undefined> {
  const [row] = await tx
    .select()
    .from(apiKeys)
    .where(and(eq(apiKeys.organizationId, organizationId), eq(apiKeys.id, id)))
  return row
}

export async function findApiKey(tx: TenantTx, id: string): Promise<ListedApiKey | undefined> {
  const [row] = await rowsOf<RawApiKey>(tx, sql`${listed} where k.id = ${id}`)
  return row && fromRaw(row)
}

export async function listApiKeys(
  tx: TenantTx,
  page: { limit: number; beforeId: string | undefined },
): Promise<ListedApiKey[]> {
  const rows = await rowsOf<RawApiKey>(
    tx,
    sql`${listed}
    where ${page.beforeId === undefined} or k.id < ${page.beforeId ?? null}::uuid
    order by k.id desc
    limit ${page.limit + 1}`,
  )
  return rows.map(fromRaw)
}

/** The keys that a person made or owns, the newest first. */
export async function listApiKeysOf(
  tx: TenantTx,
  userId: string,
  page: { limit: number; beforeId: string | undefined },
): Promise<ListedApiKey[]> {
  const rows = await rowsOf<RawApiKey>(
    tx,
    sql`${listed}
    where (k.created_by = ${userId} or k.user_id = ${userId})
      and (${page.beforeId === undefined} or k.id < ${page.beforeId ?? null}::uuid)
    order by k.id desc
    limit ${page.limit}`,
  )
  return rows.map(fromRaw)
}

function fromRaw(row: RawApiKey): ListedApiKey {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    createdAt: new Date(row.created_at),
    createdBy:
      row.created_by && row.created_by_name ? { id: row.created_by, name: row.created_by_name } : null,
    lastUsedAt: toDate(row.last_used_at),
    expiresAt: toDate(row.expires_at),
    revokedAt: toDate(row.revoked_at),
    owner: ownerFromRaw(row),
    scopes: row.scopes,
    allowedIps: row.allowed_ips,
    requestsPerMinute: row.requests_per_minute,
    rotatedTo: row.rotated_to,
    madeWith: row.made_with,
    project: row.project_id === null ? null : { id: row.project_id, name: row.project_name ?? '' },
  }
}

function ownerFromRaw(row: RawApiKey): ListedApiKey['owner'] {
  if (row.service_account_id !== null)
    return { kind: 'service_account', id: row.service_account_id, name: row.service_account_name }
  if (row.user_id !== null) return { kind: 'person', id: row.user_id, name: row.user_name }
  return { kind: 'organization', id: null, name: null }
}

function toDate(value: string | Date | null): Date | null {
  return value === null ? null : new Date(value)
}

export async function updateApiKeyRevoked(
  tx: TenantTx,
  id: string,
  now: Date,
): Promise<ApiKeyRow | undefined> {
  const [row] = await tx
    .update(apiKeys)
    .set({ revokedAt: sql`coalesce(${apiKeys.revokedAt}, ${now.toISOString()}::timestamptz)` })
    .where(eq(apiKeys.id, id))
    .returning()
  return row
}

export async function findApiKeyByHash(tx: SystemTx, keyHash: string): Promise<ApiKeyRow | undefined> {
  const [row] = await tx.select().from(apiKeys).where(eq(apiKeys.keyHash, keyHash))
  return row
}

/** Notes the use, at most once a minute a key: the list says when, not how often. */
export async function updateApiKeyUsed(tx: SystemTx, row: ApiKeyRow, now: Date): Promise<void> {
  const minuteAgo = new Date(now.getTime() - 60_000)
  await tx
    .update(apiKeys)
    .set({ lastUsedAt: now })
    .where(
      and(
        eq(apiKeys.organizationId, row.organizationId),
        eq(apiKeys.id, row.id),
        or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, minuteAgo)),
      ),
    )
}
