export type { Membership, MembershipDirectory } from './directory.ts'
export { createIdentity, type Identity } from './identity.ts'
export { findUserByEmail } from './store.ts'
