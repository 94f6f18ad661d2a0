import { type SQL, sql } from 'drizzle-orm'
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
  user_agent: string | null
  request_id: string
  created_at: string | Date
}

/** Each narrows the list; what is undefined does not. */
export interface ActivityFilter {
  /** A whole action, or a beginning that ends in a dot. */
  action?: string | undefined
  actorId?: string | undefined
  entityType?: string | undefined
  entityId?: string | undefined
  requestId?: string | undefined
  /** ISO instants, the first included and the second not. */
  from?: string | undefined
  to?: string | undefined
}

/** The audit log, newest first, with the names its actors have now; one entry more than `limit`. */
export async function listActivity(
  tx: TenantTx,
  filter: ActivityFilter,
  page: { limit: number; beforeId: string | undefined },
): Promise<ActivityRow[]> {
  return rowsOf<ActivityRow>(
    tx,
    sql`
    select a.id, a.action, a.actor_kind, a.actor_id, coalesce(u.name, k.name) as actor_name,
           a.entity_type, a.entity_id, a.changes, a.ip, a.user_agent, a.request_id, a.created_at
    from freehold.audit_entries a
    left join freehold.users u on a.actor_kind = 'user' and u.id = a.actor_id
    left join freehold.api_keys k on a.actor_kind = 'api_key' and k.id = a.actor_id
    where ${sql.join(conditions(filter, page.beforeId), sql` and `)}
    order by a.id desc
    limit ${page.limit + 1}`,
  )
}

function conditions(filter: ActivityFilter, beforeId: string | undefined): SQL[] {
  const { action, actorId, entityType, entityId, requestId, from, to } = filter
  const all = [sql`true`]
  if (beforeId !== undefined) all.push(sql`a.id < ${beforeId}::uuid`)
  if (action?.endsWith('.')) all.push(sql`starts_with(a.action, ${action})`)
  else if (action !== undefined) all.push(sql`a.action = ${action}`)
  if (actorId !== undefined) all.push(sql`a.actor_id = ${actorId}::uuid`)
  if (entityType !== undefined) all.push(sql`a.entity_type = ${entityType}`)
  if (entityId !== undefined) all.push(sql`a.entity_id = ${entityId}`)
  if (requestId !== undefined) all.push(sql`a.request_id = ${requestId}::uuid`)
  if (from !== undefined) all.push(sql`a.created_at >= ${from}::timestamptz`)
  if (to !== undefined) all.push(sql`a.created_at < ${to}::timestamptz`)
  return all
}
