export { createOrganization } from './actions/create-organization.ts'
export { type DataKeys, openDataKeys } from './data-keys.ts'
export { createMembershipDirectory } from './directory.ts'
export { lockOrganization } from './store.ts'
