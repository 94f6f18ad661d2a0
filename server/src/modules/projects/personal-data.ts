import type { PersonalData } from '../../platform/personal-data.ts'
import { presentProject } from './present.ts'
import { listProjectsOf } from './store.ts'

/** The projects that somebody made. */
export const projectData: PersonalData = {
  name: 'projects',
  async list({ tx }, userId, page) {
    const rows = await listProjectsOf(tx, userId, page)
    return rows.map((row) => ({ id: row.id, data: presentProject({ ...row, author: null }) }))
  },
}
