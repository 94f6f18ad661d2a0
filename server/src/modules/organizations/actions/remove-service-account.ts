import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission, requireWithinOwn } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { serviceAccountNotFound } from '../errors.ts'
import { permissionsOfServiceAccount } from '../rules/role-choice.ts'
import { deleteServiceAccount, findServiceAccountForUpdate } from '../service-account-store.ts'
import { chooseRole } from './choose-role.ts'

/** Deletes a service account with its API keys. @throws service_account_not_found (404), exceeds_own_permissions (403) */
export async function removeServiceAccount(scope: Scope, id: string): Promise<void> {
  requirePermission(scope.caller, 'manage:service_accounts')
  const account = await findServiceAccountForUpdate(scope.tx, id)
  if (!account) throw serviceAccountNotFound()
  requireWithinOwn(scope.caller, permissionsOfServiceAccount(await chooseRole(scope, account)))
  await deleteServiceAccount(scope.tx, id)
  await recordAudit(scope, {
    action: 'service_account.delete',
    entity: { type: 'service_account', id },
    changes: { name: account.name },
  })
}
