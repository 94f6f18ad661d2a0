import type { PersonalData } from '../../platform/personal-data.ts'
import type { Platform } from '../../platform/platform.ts'
import { queuedBy } from './own-calls.ts'
import { presentListed } from './present.ts'
import { openCallSeal } from './sealed-calls.ts'
import { listQueuedCalls } from './store.ts'

export function queuedCallData(platform: Platform): PersonalData[] {
  return [
    {
      name: 'queuedCalls',
      async list(scope, userId, page) {
        const { open } = await openCallSeal(platform, scope)
        const rows = await listQueuedCalls(scope.tx, queuedBy(userId), page)
        return rows.map((row) => {
          const { id, requestSealed, resultSealed } = row
          // What it cost stands with their usage.
          const { usage: _, ...listed } = presentListed(row, undefined)
          const request = requestSealed === null ? null : open(id, 'request', requestSealed)
          const result = resultSealed === null ? null : open(id, 'result', resultSealed)
          return { id, data: { ...listed, request, result } }
        })
      },
    },
  ]
}
