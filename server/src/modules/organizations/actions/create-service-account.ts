import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { type Role, requirePermission, requireWithinOwn } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { newId } from '../../../platform/ids.ts'
import { requireRoomForServiceAccount } from '../count-limits.ts'
import { serviceAccountNameTaken } from '../errors.ts'
import { auditedRole, permissionsOfServiceAccount } from '../rules/role-choice.ts'
import { insertServiceAccount, type ServiceAccount } from '../service-account-store.ts'
import { chooseRole } from './choose-role.ts'

export type MachineRole = Exclude<Role, 'owner'>

/**
 * Makes a machine's identity that belongs to the organization.
 * @throws role_not_found (404), exceeds_own_permissions (403), service_account_name_taken, limit_reached (409)
 */
export async function createServiceAccount(
  scope: Scope,
  input: { name: string; description: string; role: MachineRole; customRoleId?: string | undefined },
): Promise<ServiceAccount> {
  requirePermission(scope.caller, 'manage:service_accounts')
  const choice = await chooseRole(scope, input)
  requireWithinOwn(scope.caller, permissionsOfServiceAccount(choice))
  await requireRoomForServiceAccount(scope)
  const { customRole } = choice
  const row = {
    organizationId: scope.organizationId,
    id: newId(),
    name: input.name,
    description: input.description,
    role: customRole ? 'member' : input.role,
    customRoleId: customRole?.id ?? null,
    createdBy: scope.caller.userId,
    createdAt: scope.now,
    updatedAt: scope.now,
    disabledAt: null,
  }
  if (!(await insertServiceAccount(scope.tx, row))) throw serviceAccountNameTaken()
  await recordAudit(scope, {
    action: 'service_account.create',
    entity: { type: 'service_account', id: row.id },
    changes: { name: row.name, ...auditedRole(choice) },
  })
  return { ...row, customRole: customRole && { id: customRole.id, name: customRole.name } }
}
