import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { defaultModelNotAllowed, organizationNotFound, unknownModel } from '../errors.ts'
import type { FindModelId } from '../model-names.ts'
import { type OrganizationSettings, readSettings } from '../rules/organization-settings.ts'
import { findOrganizationForUpdate, updateOrganizationSettings } from '../store.ts'

/**
 * Changes the settings that are named and leaves the others.
 * @throws not_found (404), unknown_model (422), default_model_not_allowed (422)
 */
export async function changeSettings(
  scope: Scope,
  change: { [Name in keyof OrganizationSettings]?: OrganizationSettings[Name] | undefined },
  findModelId: FindModelId,
): Promise<OrganizationSettings> {
  const { caller, tx, organizationId, now } = scope
  requirePermission(caller, 'update:organization')
  const row = await findOrganizationForUpdate(tx, organizationId)
  if (!row) throw organizationNotFound()
  const before = readSettings(row.settings)
  const idOf = (name: string, kind?: 'chat') => {
    const id = findModelId(name, kind)
    if (id !== undefined) return id
    const what = kind === undefined ? 'no model' : `no ${kind} model`
    throw unknownModel({
      message: `There is ${what} '${name}' here. GET /api/v1/models lists all.`,
      details: { model: name },
    })
  }
  const { defaultModel, allowedModels, responseCacheSeconds } = change
  const after: OrganizationSettings = {
    defaultModel:
      typeof defaultModel === 'string' ? idOf(defaultModel, 'chat') : keep(defaultModel, before.defaultModel),
    allowedModels: Array.isArray(allowedModels)
      ? [...new Set(allowedModels.map((name) => idOf(name)))]
      : keep(allowedModels, before.allowedModels),
    responseCacheSeconds:
      responseCacheSeconds === undefined ? before.responseCacheSeconds : responseCacheSeconds,
  }
  if (after.defaultModel !== null && after.allowedModels?.includes(after.defaultModel) === false)
    throw defaultModelNotAllowed()
  await updateOrganizationSettings(tx, organizationId, { ...row.settings, ...after }, now)
  const changes = {
    ...(defaultModel === undefined
      ? {}
      : { defaultModel: { from: before.defaultModel, to: after.defaultModel } }),
    ...(allowedModels === undefined
      ? {}
      : { allowedModels: { from: before.allowedModels, to: after.allowedModels } }),
    ...(responseCacheSeconds === undefined
      ? {}
      : { responseCacheSeconds: { from: before.responseCacheSeconds, to: after.responseCacheSeconds } }),
  }
  await recordAudit(scope, {
    action: 'organization.change_settings',
    entity: { type: 'organization', id: organizationId },
    changes,
  })
  return after
}

/** What is not named stays; null takes it away. */
function keep<T>(named: null | undefined, before: T | null): T | null {
  return named === undefined ? before : null
}
