import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import type { Platform } from '../../../platform/platform.ts'
import { deleteStoredResponse, ownerOf } from '../responses-store.ts'
import { noSuchResponse, responseIdOf } from './prepare-response.ts'

/** What went with it goes too; later turns can no more be gone on from. @throws response_not_found (404) */
export async function deleteTurn(platform: Platform, caller: Caller, name: string): Promise<string> {
  requirePermission(caller, 'use:models')
  const id = responseIdOf(name)
  if (!id) throw noSuchResponse(name)
  await withTenant(platform, caller, async (scope) => {
    if (!(await deleteStoredResponse(scope.tx, id, ownerOf(caller)))) throw noSuchResponse(name)
    await recordAudit(scope, { action: 'response.delete', entity: { type: 'response', id } })
  })
  return `resp_${id}`
}
