export { type DataKeys, openDataKeys } from './data-keys.ts'
export { createMembershipDirectory } from './directory.ts'
export { lockOrganization } from './store.ts'
