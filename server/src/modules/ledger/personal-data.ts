import type { PersonalData } from '../../platform/personal-data.ts'
import { presentRecord } from './present.ts'
import { listUsageRecordsOf } from './store.ts'

/** The model calls somebody made. */
export const usageData: PersonalData = {
  name: 'usage',
  async list({ tx }, userId, page) {
    const rows = await listUsageRecordsOf(tx, userId, page)
    return rows.map((row) => ({ id: row.requestId, data: presentRecord(row) }))
  },
}
