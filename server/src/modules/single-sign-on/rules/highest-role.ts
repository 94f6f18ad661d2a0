import { type Permission, permissionsOfMember, type Role } from '../../../platform/auth/permissions.ts'

/** A role that a group gives: a built-in one, or one of the organization's own. */
export interface GroupRole {
  role: Role
  customRoleId: string | null
  permissions: ReadonlySet<Permission>
}

/** What the row of a group says its members have; undefined for a group that is tied to nothing. */
export function roleOfGroup(tie: {
  role: Role | null
  customRoleId: string | null
  granted: readonly string[] | null
}): GroupRole | undefined {
  const { role, customRoleId, granted } = tie
  if (customRoleId !== null && granted !== null)
    return { role: 'member', customRoleId, permissions: permissionsOfMember('member', granted) }
  return role === null
    ? undefined
    : { role, customRoleId: null, permissions: permissionsOfMember(role, null) }
}

/** The role that allows most; of several that allow as much, the built-in one, then the first by id. */
export function highestRole(candidates: readonly GroupRole[]): GroupRole | undefined {
  const [highest] = candidates.toSorted(
    (one, other) =>
      other.permissions.size - one.permissions.size ||
      (one.customRoleId ?? '').localeCompare(other.customRoleId ?? ''),
  )
  return highest
}
