import type { Scope } from '../../../platform/context.ts'
import { findPassages } from '../store.ts'

/** Which of these passages the caller may read: what cites another is shown to them without its words. */
export async function findReadablePassageIds(scope: Scope, ids: readonly string[]): Promise<Set<string>> {
  if (!scope.caller.permissions.has('read:documents')) return new Set()
  const rows = await findPassages(scope.tx, [...new Set(ids)])
  return new Set(rows.map((row) => row.id))
}
