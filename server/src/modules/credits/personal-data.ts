import type { PersonalData } from '../../platform/personal-data.ts'
import { presentEntry } from './present.ts'
import { listEntriesOf } from './store.ts'

/** The entries by which somebody granted or revoked credits. */
export const creditData: PersonalData = {
  name: 'creditEntries',
  async list({ tx }, userId, page) {
    const rows = await listEntriesOf(tx, userId, page)
    return rows.map((row) => ({ id: row.id, data: presentEntry(row) }))
  },
}
