import type { PersonalData } from '../../platform/personal-data.ts'
import { presentEntry } from './present.ts'
import { listActivity } from './store.ts'

/** What somebody did in the organization. */
export const auditData: PersonalData = {
  name: 'auditEntries',
  async list({ tx }, userId, { limit, beforeId }) {
    const rows = await listActivity(tx, { actorId: userId }, { limit: limit - 1, beforeId })
    return rows.map((row) => ({ id: row.id, data: { ...presentEntry(row) } }))
  },
}
