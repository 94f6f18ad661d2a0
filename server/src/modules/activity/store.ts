import { sql } from 'drizzle-orm'
import { rowsOf } from '../../platform/db/transactions.ts'
import type { Row, TenantTx } from '../../platform/db/types.ts'

export interface ActivityRow extends Row {
  id: string
  action: string
  actor_kind: 'user' | 'api_key' | 'system'
  actor_id: string | null
  actor_name: string | null
  entity_type: string
  entity_id: string
  changes: Record<string, unknown>
  ip: string | null
  created_at: string | Date
}

/** The audit log, newest first, with the names its actors have now. */
export async function listActivity(
  tx: TenantTx,
  page: { limit: number; beforeId: string | undefined },
): Promise<ActivityRow[]> {
  return rowsOf<ActivityRow>(
    tx,
    sql`
    select a.id, a.action, a.actor_kind, a.actor_id, coalesce(u.name, k.name) as actor_name,
           a.entity_type, a.entity_id, a.changes, a.ip, a.created_at
    from freehold.audit_entries a
    left join freehold.users u on a.actor_kind = 'user' and u.id = a.actor_id
    left join freehold.api_keys k on a.actor_kind = 'api_key' and k.id = a.actor_id
    where ${page.beforeId === undefined} or a.id < ${page.beforeId ?? null}::uuid
    order by a.id desc
    limit ${page.limit + 1}`,
  )
}
