import type { PersonalData } from '../../platform/personal-data.ts'
import { presentGoldQuestion } from './gold-present.ts'
import { listExpected, listGoldQuestionsOf } from './gold-store.ts'
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

/** The gold questions that somebody made. */
export const goldQuestionData: PersonalData = {
  name: 'gold-questions',
  async list({ tx }, userId, page) {
    const rows = await listGoldQuestionsOf(tx, userId, page)
    const expected = await listExpected(
      tx,
      rows.map((row) => row.id),
    )
    return rows.map((row) => ({ id: row.id, data: presentGoldQuestion(row, expected) }))
  },
}
