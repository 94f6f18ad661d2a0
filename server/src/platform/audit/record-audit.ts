import type { Caller, Scope } from '../context.ts'
import type { SystemTx, TenantTx } from '../db/types.ts'
import { newId } from '../ids.ts'
import { auditEntries } from './tables.ts'

export interface AuditEntry {
  /** `entity.verb`, such as `api_key.create`. */
  action: string
  entity: { type: string; id: string }
  /** What changed, without secrets. */
  changes?: Record<string, unknown>
}

/** Writes an audit entry in the caller's own transaction: the change and its record stand or fall together. */
export async function recordAudit(scope: Scope, entry: AuditEntry): Promise<void> {
  await insertEntry(scope.tx, scope.caller, scope.organizationId, scope.now, entry)
}

/** As `recordAudit`, where the organization comes into being in the same system transaction. */
export async function recordSystemAudit(
  tx: SystemTx,
  caller: Caller,
  organizationId: string,
  now: Date,
  entry: AuditEntry,
): Promise<void> {
  await insertEntry(tx, caller, organizationId, now, entry)
}

async function insertEntry(
  tx: TenantTx | SystemTx,
  caller: Caller,
  organizationId: string,
  now: Date,
  entry: AuditEntry,
): Promise<void> {
  await tx.insert(auditEntries).values({
    organizationId,
    id: newId(),
    action: entry.action,
    actorKind: caller.kind,
    actorId: caller.userId ?? caller.apiKeyId,
    entityType: entry.entity.type,
    entityId: entry.entity.id,
    changes: entry.changes ?? {},
    ip: caller.ip,
    userAgent: caller.userAgent,
    requestId: caller.requestId,
    createdAt: now,
  })
}
