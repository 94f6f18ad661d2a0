import type { Caller } from '../../platform/context.ts'
import { readTenant } from '../../platform/db/transactions.ts'
import type { Platform } from '../../platform/platform.ts'
import { presentEntry } from './present.ts'
import { csvHeader, toCsvLine, toJsonLine } from './rules/activity-file.ts'
import { type ActivityFilter, listActivity } from './store.ts'

const rowsAtOnce = 1_000

/**
 * The audit log as a file, piece by piece as it is read: each thousand entries in a transaction of their own, so that a
 * slow reader holds none open. Entries that come meanwhile are newer than the first and are not in it.
 */
export function exportActivity(
  platform: Platform,
  caller: Caller,
  filter: ActivityFilter,
  format: 'csv' | 'json',
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const toLine = format === 'csv' ? toCsvLine : toJsonLine
  let beforeId: string | undefined
  return new ReadableStream({
    start(controller) {
      if (format === 'csv') controller.enqueue(encoder.encode(csvHeader))
    },
    async pull(controller) {
      const page = { limit: rowsAtOnce, beforeId }
      const rows = await readTenant(platform, caller, (scope) => listActivity(scope.tx, filter, page))
      const lines = rows.slice(0, rowsAtOnce).map((row) => toLine(presentEntry(row)))
      if (lines.length > 0) controller.enqueue(encoder.encode(lines.join('')))
      beforeId = rows[rowsAtOnce - 1]?.id
      if (rows.length <= rowsAtOnce) controller.close()
    },
  })
}
