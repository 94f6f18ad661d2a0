import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { type Role, requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { alreadyMember } from '../errors.ts'
import type { MemberRow } from '../store.ts'
import { insertMembership } from '../store.ts'
import { requireRoleChange } from './require-role-change.ts'

/** Adds a person who has an account. @throws already_member (409), owners_only (403) */
export async function addMember(
  scope: Scope,
  person: { id: string; email: string; name: string },
  role: Role,
): Promise<MemberRow> {
  requirePermission(scope.caller, 'manage:members')
  requireRoleChange(scope, null, role, 0)
  const added = await insertMembership(scope.tx, {
    organizationId: scope.organizationId,
    userId: person.id,
    role,
    joinedAt: scope.now,
  })
  if (!added) throw alreadyMember()
  await recordAudit(scope, {
    action: 'member.add',
    entity: { type: 'member', id: person.id },
    changes: { role },
  })
  return { userId: person.id, email: person.email, name: person.name, role, joinedAt: scope.now }
}
