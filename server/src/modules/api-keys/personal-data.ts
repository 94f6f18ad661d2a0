import type { PersonalData } from '../../platform/personal-data.ts'
import { presentApiKey } from './present.ts'
import { listApiKeysOf } from './store.ts'

/** The keys somebody made or owns, without what opens anything. */
export const keyData: PersonalData = {
  name: 'apiKeys',
  async list({ tx }, userId, page) {
    const rows = await listApiKeysOf(tx, userId, page)
    return rows.map((row) => ({ id: row.id, data: presentApiKey(row) }))
  },
}
