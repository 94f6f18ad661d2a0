import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import type { Platform } from '../../../platform/platform.ts'
import { deleteStoredResponse } from '../responses-store.ts'
import { noSuchResponse, responseIdOf } from './prepare-response.ts'

/** What went with it goes too; later turns can no more be gone on from. @throws response_not_found (404) */
export async function deleteTurn(platform: Platform, caller: Caller, name: string): Promise<string> {
  requirePermission(caller, 'use:models')
  const id = responseIdOf(name)
  if (!id) throw noSuchResponse(name)
  const deleted = await withTenant(platform, caller, (scope) => deleteStoredResponse(scope.tx, id, caller))
  if (!deleted) throw noSuchResponse(name)
  return `resp_${id}`
}
