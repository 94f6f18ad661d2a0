import { recordAudit } from '../../platform/audit/record-audit.ts'
import type { Scope } from '../../platform/context.ts'
import { limitNotFound } from './errors.ts'
import { findLimit, type NamedLimitRow } from './store.ts'

/** Writes what has changed into the audit log. @returns the limit as it is now */
export async function recordSaved(
  scope: Scope,
  id: string,
  before: NamedLimitRow | undefined,
): Promise<NamedLimitRow> {
  const row = await findLimit(scope.tx, id)
  if (!row) throw limitNotFound()
  const from: Record<string, string | number | null> = before ? { ...before.about, ...before.terms } : {}
  const changes = Object.fromEntries(
    Object.entries({ ...row.about, ...row.terms })
      .map(([name, value]) => [name, { from: from[name] ?? null, to: value }] as const)
      .filter(([, change]) => change.from !== change.to),
  )
  await recordAudit(scope, { action: 'limit.set', entity: { type: 'limit', id }, changes })
  return row
}
