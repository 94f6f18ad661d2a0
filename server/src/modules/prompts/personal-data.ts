import type { PersonalData } from '../../platform/personal-data.ts'
import { presentVersion } from './present.ts'
import { listVersionsOf } from './store.ts'

/** The versions of prompts that somebody wrote. */
export const promptData: PersonalData = {
  name: 'promptVersions',
  async list({ tx }, userId, page) {
    const rows = await listVersionsOf(tx, userId, page)
    return rows.map((row) => ({
      id: row.id,
      data: { name: row.name, ...presentVersion({ ...row, author: null }) },
    }))
  },
}
