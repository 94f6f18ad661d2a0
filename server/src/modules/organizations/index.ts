export { type DataKeys, openDataKeys } from './data-keys.ts'
export { createMembershipDirectory } from './directory.ts'
export {
  findMemberPermissions,
  findServiceAccountPermissions,
  isOrganizationActive,
} from './find-permissions.ts'
export { findServiceAccount } from './service-account-store.ts'
export { lockOrganization } from './store.ts'
