import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission, requireWithinOwn } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { sqlState } from '../../../platform/db/transactions.ts'
import { serviceAccountNameTaken, serviceAccountNotFound } from '../errors.ts'
import { nameOfChoice, permissionsOfServiceAccount } from '../rules/role-choice.ts'
import {
  findServiceAccountForUpdate,
  type ServiceAccount,
  updateServiceAccount,
} from '../service-account-store.ts'
import { chooseRole } from './choose-role.ts'
import type { MachineRole } from './create-service-account.ts'

/**
 * Changes a service account; its keys can do at once what it can. While it is disabled they open nothing.
 * @throws service_account_not_found, role_not_found (404), exceeds_own_permissions (403), service_account_name_taken (409)
 */
export async function changeServiceAccount(
  scope: Scope,
  id: string,
  change: {
    name?: string | undefined
    description?: string | undefined
    role?: MachineRole | undefined
    customRoleId?: string | undefined
    disabled?: boolean | undefined
  },
): Promise<ServiceAccount> {
  const { caller, tx, now } = scope
  requirePermission(caller, 'manage:service_accounts')
  const before = await findServiceAccountForUpdate(tx, id)
  if (!before) throw serviceAccountNotFound()
  const from = await chooseRole(scope, before)
  const reassigned = change.role !== undefined || change.customRoleId !== undefined
  const to = reassigned ? await chooseRole(scope, change) : from
  for (const choice of [from, to]) requireWithinOwn(caller, permissionsOfServiceAccount(choice))
  const after = {
    name: change.name ?? before.name,
    description: change.description ?? before.description,
    role: change.role ?? (reassigned ? 'member' : before.role),
    customRoleId: to.customRole?.id ?? null,
    disabledAt:
      change.disabled === false ? null : change.disabled ? (before.disabledAt ?? now) : before.disabledAt,
    updatedAt: now,
  } satisfies Partial<typeof before>
  try {
    await updateServiceAccount(tx, id, after)
  } catch (error) {
    throw sqlState(error) === '23505' ? serviceAccountNameTaken({ cause: error }) : error
  }
  const wasDisabled = before.disabledAt !== null
  const isDisabled = after.disabledAt !== null
  await recordAudit(scope, {
    action: 'service_account.change',
    entity: { type: 'service_account', id },
    changes: {
      ...(after.name === before.name ? {} : { name: { from: before.name, to: after.name } }),
      ...(after.description === before.description ? {} : { description: 'changed' }),
      ...(reassigned ? { role: { from: nameOfChoice(from), to: nameOfChoice(to) } } : {}),
      ...(wasDisabled === isDisabled ? {} : { disabled: { from: wasDisabled, to: isDisabled } }),
    },
  })
  return {
    ...before,
    ...after,
    customRole: to.customRole && { id: to.customRole.id, name: to.customRole.name },
  }
}
