import type { Role } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { roleNotFound } from '../errors.ts'
import { findRole } from '../role-store.ts'
import type { RoleChoice } from '../rules/role-choice.ts'

/** The role that a body or a row names. A custom role stays as it is until the transaction ends. @throws role_not_found (404) */
export async function chooseRole(
  { tx }: Pick<Scope, 'tx'>,
  named: { role?: Role | undefined; customRoleId?: string | null | undefined },
): Promise<RoleChoice> {
  if (!named.customRoleId) return { role: named.role ?? 'member', customRole: null }
  const customRole = await findRole(tx, named.customRoleId)
  if (!customRole) throw roleNotFound()
  return { role: 'member', customRole }
}
