import type { PersonalData } from '../../platform/personal-data.ts'
import { presentDocument } from './present.ts'
import { listDocumentsOf } from './store.ts'

/** What somebody uploaded. The files are the organization's, and are fetched one by one. */
export const documentData: PersonalData = {
  name: 'documents',
  async list({ tx }, userId, page) {
    const rows = await listDocumentsOf(tx, userId, page)
    return rows.map((row) => ({ id: row.id, data: presentDocument(row) }))
  },
}
