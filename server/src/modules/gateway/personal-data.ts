import type { PersonalData } from '../../platform/personal-data.ts'
import type { Platform } from '../../platform/platform.ts'
import { listStoredResponsesOf } from './responses-store.ts'
import { openTurnSeal } from './sealed-responses.ts'

export function gatewayData(platform: Platform): PersonalData[] {
  return [
    {
      name: 'responses',
      async list(scope, userId, page) {
        const seal = await openTurnSeal(platform, scope)
        const rows = await listStoredResponsesOf(scope.tx, userId, page)
        return rows.map((row) => ({ id: row.id, data: { id: row.id, ...seal.open(row) } }))
      },
    },
  ]
}
