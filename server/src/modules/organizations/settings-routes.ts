import { readTenant, withTenant } from '../../platform/db/transactions.ts'
import { noOrganization } from '../../platform/errors.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { changeSettings } from './actions/change-settings.ts'
import { clearCache } from './actions/clear-cache.ts'
import * as contract from './contract.ts'
import { defaultModelNotAllowed, organizationNotFound, unknownModel } from './errors.ts'
import { getOrganizationSettings } from './get-organization-settings.ts'
import type { FindModelId } from './model-names.ts'
import { requireOwn } from './require-own.ts'
import { forgetOrganizationSettings } from './settings-memory.ts'

const tag = 'Organizations'

export function settingsRoutes(platform: Platform, findModelId: FindModelId): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/organizations/{id}/settings',
        tag,
        summary: 'What the organization has set for itself',
        access: 'read:organization',
        params: contract.organizationParams,
        response: { status: 200, description: 'The settings', schema: contract.settings },
        errors: [organizationNotFound],
      },
      async ({ caller, params }) => {
        requireOwn(caller, params.id)
        return readTenant(platform, caller, getOrganizationSettings)
      },
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/api/v1/organizations/{id}/settings',
        tag,
        summary: 'Choose the default model, which models may be used, and how long answers are kept',
        description: 'What is not named stays as it is; null takes a setting away.',
        access: 'update:organization',
        params: contract.organizationParams,
        body: contract.settingsBody,
        response: { status: 200, description: 'The changed settings', schema: contract.settings },
        errors: [organizationNotFound, unknownModel, defaultModelNotAllowed],
      },
      async ({ caller, params, body }) => {
        requireOwn(caller, params.id)
        const changed = await withTenant(platform, caller, (scope) =>
          changeSettings(scope, body, findModelId),
        )
        forgetOrganizationSettings(platform, params.id)
        return changed
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/cache',
        tag,
        summary: 'Throw away the organization’s kept answers and embeddings',
        description:
          'They are found no more, on other nodes within half a second, and nobody can open what is left of them.',
        access: 'update:organization',
        response: { status: 204, description: 'Thrown away' },
        errors: [organizationNotFound],
      },
      async ({ caller }) => {
        if (caller.organizationId === null) throw noOrganization()
        await withTenant(platform, caller, clearCache)
        forgetOrganizationSettings(platform, caller.organizationId)
      },
    ),
  ]
}
