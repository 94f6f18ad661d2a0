import type { Permission, Role } from '../../platform/auth/permissions.ts'
import type { Caller } from '../../platform/context.ts'
import type { SystemTx } from '../../platform/db/types.ts'

export interface Membership {
  id: string
  name: string
  slug: string
  role: Role
  /** The role the organization made for itself; its permissions are then the member's. */
  customRole: { id: string; name: string } | null
  permissions: ReadonlySet<Permission>
}

/**
 * What identity must know of organizations, which stand after it in the order of modules: handed in by the app.
 */
export interface MembershipDirectory {
  /** The organizations of a person, oldest membership first. */
  listOf(userId: string): Promise<Membership[]>
  /** Makes an organization with the caller as its owner. */
  create(caller: Caller & { userId: string }, name: string): Promise<Membership>
  /**
   * Takes a person who is about to be deleted out of every organization, whose audit logs say so.
   * @returns those they are the last owner of; when there are some, nothing was changed
   */
  leaveAll(
    tx: SystemTx,
    caller: Caller & { userId: string },
    now: Date,
  ): Promise<{ id: string; name: string }[]>
}

/** What identity must know of single sign-on, which stands after it too. */
export interface SignInPolicy {
  /** Whether somebody can come by nothing but their organization's identity provider. */
  mustUseSingleSignOn(userId: string): Promise<boolean>
  /** Whether nobody can make an account with an address but through its organization's identity provider. */
  mustUseSingleSignOnFor(email: string): Promise<boolean>
  /** Whether an organization's identity provider says what somebody's address is. */
  managesAddressOf(userId: string): Promise<boolean>
}

/** What identity must know of API keys, which stand after it too. */
export interface PersonalKeys {
  /** Revokes every key of a person's own, in all their organizations. */
  revokeAllOf(tx: SystemTx, caller: Caller, userId: string, now: Date): Promise<void>
}

/** Removes what modules after it keep of a person, in the transaction that removes their account. */
export type ErasePerson = (tx: SystemTx, person: { userId: string; email: string }) => Promise<void>
