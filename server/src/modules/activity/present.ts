import type { PresentedEntry } from './rules/activity-file.ts'
import type { ActivityRow } from './store.ts'

export function presentEntry(row: ActivityRow): PresentedEntry {
  return {
    id: row.id,
    action: row.action,
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
    entity: { type: row.entity_type, id: row.entity_id },
    changes: row.changes,
    ip: row.ip,
    userAgent: row.user_agent,
    requestId: row.request_id,
    createdAt: new Date(row.created_at).toISOString(),
  }
}
