import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { readTenant } from '../../../platform/db/transactions.ts'
import type { Knowledge } from '../knowledge.ts'
import { findPassages, type PassageRow } from '../store.ts'

/** Those of the passages that are still there and that the caller may read now. */
export async function readPassages(
  { platform }: Knowledge,
  caller: Caller,
  ids: readonly string[],
): Promise<PassageRow[]> {
  requirePermission(caller, 'read:documents')
  if (ids.length === 0) return []
  return readTenant(platform, caller, ({ tx }) => findPassages(tx, ids))
}
