export { ensurePerson } from './actions/ensure-person.ts'
export { signInByProvider } from './actions/sign-in-by-provider.ts'
export { hashPassword } from './adapters/credential-engine.ts'
export { email as emailAddress } from './contract.ts'
export type { ErasePerson, Membership, MembershipDirectory, PersonalKeys, SignInPolicy } from './directory.ts'
export { createIdentity, type Identity } from './identity.ts'
export {
  type Account,
  createAccount,
  endSessions,
  getAccount,
  listAccounts,
  setAccountPassword,
  setSuperAdmin,
} from './operate-accounts.ts'
export { tokenAnswerKeptMs } from './refresh-tokens.ts'
export { leaveErasedOrganization } from './session-store.ts'
export { findUserByEmail, updateEmailVerified, updateUserSuperAdmin } from './store.ts'
export { isMachineToken, type TokenSigner } from './token-signer.ts'
