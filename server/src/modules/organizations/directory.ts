import { systemTx } from '../../platform/db/transactions.ts'
import type { Platform } from '../../platform/platform.ts'
import type { MembershipDirectory } from '../identity/index.ts'
import { createOrganization } from './actions/create-organization.ts'
import { listOrganizationsOfPerson } from './store.ts'

/** What identity asks of organizations, wired by the app. */
export function createMembershipDirectory(platform: Platform): MembershipDirectory {
  return {
    async listOf(userId) {
      const rows = await systemTx(platform, 'memberships-of-person', (tx) =>
        listOrganizationsOfPerson(tx, userId),
      )
      return rows.map(({ id, name, slug, role }) => ({ id, name, slug, role }))
    },
    async create(caller, name) {
      const made = await createOrganization(platform, caller, name)
      return { id: made.id, name: made.name, slug: made.slug, role: 'owner' }
    },
  }
}
