import { and, eq, isNull, lt, or, sql } from 'drizzle-orm'
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
  lastUsedAt: Date | null
  expiresAt: Date | null
  revokedAt: Date | null
}

export async function insertApiKey(
  tx: TenantTx | SystemTx,
  row: typeof apiKeys.$inferInsert,
): Promise<{ inserted: boolean }> {
  const rows = await tx.insert(apiKeys).values(row).onConflictDoNothing().returning({ id: apiKeys.id })
  return { inserted: rows.length > 0 }
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
}

const listed = sql`
  select k.id, k.name, k.prefix, k.created_at, k.created_by, u.name as created_by_name,
         k.last_used_at, k.expires_at, k.revoked_at
  from freehold.api_keys k left join freehold.users u on u.id = k.created_by`

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
  }
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
