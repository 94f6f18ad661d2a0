import { permissionsOfMember } from '../../platform/auth/permissions.ts'
import { systemTx } from '../../platform/db/transactions.ts'
import type { Platform } from '../../platform/platform.ts'
import type { MembershipDirectory } from '../identity/index.ts'
import { createOrganization } from './actions/create-organization.ts'
import { leaveAllOrganizations } from './actions/leave-all-organizations.ts'
import { listOrganizationsOfPerson } from './store.ts'

/** What identity asks of organizations, wired by the app. */
export function createMembershipDirectory(platform: Platform): MembershipDirectory {
  return {
    async listOf(userId) {
      const rows = await systemTx(platform, 'memberships-of-person', (tx) =>
        listOrganizationsOfPerson(tx, userId),
      )
      return rows.map(({ id, name, slug, role, customRole }) => ({
        id,
        name,
        slug,
        role,
        customRole: customRole && { id: customRole.id, name: customRole.name },
        permissions: permissionsOfMember(role, customRole?.permissions ?? null),
      }))
    },
    leaveAll: leaveAllOrganizations,
    async create(caller, name) {
      const made = await createOrganization(platform, caller, name)
      const { id, slug } = made
      return {
        id,
        name: made.name,
        slug,
        role: 'owner',
        customRole: null,
        permissions: permissionsOfMember('owner', null),
      }
    },
  }
}
