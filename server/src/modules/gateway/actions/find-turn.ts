import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import type { Platform } from '../../../platform/platform.ts'
import { findStoredResponse, ownerOf } from '../responses-store.ts'
import { openTurnSeal, type Turn } from '../sealed-responses.ts'
import { noSuchResponse, responseIdOf } from './prepare-response.ts'

/** A stored turn of the caller's own. @throws response_not_found (404) */
export async function findTurn(platform: Platform, caller: Caller, name: string): Promise<Turn> {
  requirePermission(caller, 'use:models')
  const id = responseIdOf(name)
  if (!id) throw noSuchResponse(name)
  return withTenant(platform, caller, async (scope) => {
    const row = await findStoredResponse(scope.tx, id, ownerOf(caller), scope.now)
    if (!row) throw noSuchResponse(name)
    return (await openTurnSeal(platform, scope)).open(row)
  })
}
