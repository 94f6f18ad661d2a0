import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { apiKeyNotFound, keyNotUsable } from '../errors.ts'
import { findApiKeyRowForUpdate, updateApiKeyProject } from '../store.ts'
import { projectOf } from './create-api-key.ts'

/**
 * Changes which project the calls of a key are for. What it has spent stays with the project it was for.
 * @throws api_keys.not_found, project_not_found (404), not_usable (409), project_of_maker (403)
 */
export async function changeApiKey(
  scope: Scope,
  id: string,
  changes: { projectId: string | null },
): Promise<void> {
  requirePermission(scope.caller, 'manage:api_keys')
  const before = await findApiKeyRowForUpdate(scope.tx, id)
  if (!before) throw apiKeyNotFound()
  if (before.revokedAt) throw keyNotUsable()
  const projectId = await projectOf(scope, changes.projectId)
  if (projectId === before.projectId) return
  await updateApiKeyProject(scope.tx, id, projectId)
  await recordAudit(scope, {
    action: 'api_key.change',
    entity: { type: 'api_key', id },
    changes: { name: before.name, projectId: { from: before.projectId, to: projectId } },
  })
}
