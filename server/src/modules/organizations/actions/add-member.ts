import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { type Role, requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { alreadyMember } from '../errors.ts'
import { auditedRole } from '../rules/role-choice.ts'
import type { MemberRow } from '../store.ts'
import { insertMembership } from '../store.ts'
import { chooseRole } from './choose-role.ts'
import { requireRoleChange } from './require-role-change.ts'

/**
 * Adds a person who has an account.
 * @throws already_member (409), role_not_found (404), owners_only (403), exceeds_own_permissions (403)
 */
export async function addMember(
  scope: Scope,
  person: { id: string; email: string; name: string },
  named: { role: Role; customRoleId?: string | undefined },
): Promise<MemberRow> {
  requirePermission(scope.caller, 'manage:users')
  const choice = await chooseRole(scope, named)
  requireRoleChange(scope, null, choice, 0)
  const { role, customRole } = choice
  const added = await insertMembership(scope.tx, {
    organizationId: scope.organizationId,
    userId: person.id,
    role,
    customRoleId: customRole?.id ?? null,
    joinedAt: scope.now,
  })
  if (!added) throw alreadyMember()
  await recordAudit(scope, {
    action: 'member.add',
    entity: { type: 'member', id: person.id },
    changes: auditedRole(choice),
  })
  return {
    userId: person.id,
    email: person.email,
    name: person.name,
    role,
    customRole: customRole && { id: customRole.id, name: customRole.name },
    joinedAt: scope.now,
  }
}
