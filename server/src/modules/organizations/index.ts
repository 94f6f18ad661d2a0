export { chooseRole } from './actions/choose-role.ts'
export { type DataKeys, openDataKeys } from './data-keys.ts'
export { createMembershipDirectory } from './directory.ts'
export {
  findMemberPermissions,
  findServiceAccountPermissions,
  isOrganizationActive,
} from './find-permissions.ts'
export { getOrganizationSettings } from './get-organization-settings.ts'
export { deleteInvitationsTo } from './invitation-store.ts'
export type { FindModelId } from './model-names.ts'
export {
  getOperatedOrganization,
  listAllOrganizations,
  type OperatedOrganization,
  setOrganizationDeleted,
} from './operate-organizations.ts'
export type { CallSettings, OrganizationSettings } from './rules/organization-settings.ts'
export { auditedRole, nameOfChoice, permissionsOfChoice, type RoleChoice } from './rules/role-choice.ts'
export { findServiceAccount } from './service-account-store.ts'
export { recentOrganizationSettings } from './settings-memory.ts'
export {
  deleteMember,
  findMemberForUpdate,
  insertMembership,
  lockOrganization,
  updateMemberRole,
} from './store.ts'
