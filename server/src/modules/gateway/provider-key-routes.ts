import { limitReached } from '../../platform/db/require-room.ts'
import { readTenant } from '../../platform/db/transactions.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { changeProviderKey } from './actions/change-provider-key.ts'
import { createProviderKey } from './actions/create-provider-key.ts'
import { removeProviderKey } from './actions/remove-provider-key.ts'
import type { Gateway } from './gateway.ts'
import * as contract from './provider-key-contract.ts'
import {
  baseUrlRefused,
  providerKeyNotFound,
  providerNameTaken,
  providerUnknown,
} from './provider-key-errors.ts'
import { listProviderKeys, type ProviderKeyRow } from './provider-key-store.ts'

const tag = 'Models'

export function providerKeyRoutes(gateway: Gateway): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/provider-keys',
        tag,
        summary: 'The organization’s own provider keys, never the keys themselves',
        access: 'manage:models',
        response: { status: 200, description: 'The keys', schema: contract.providerKeyList },
      },
      async ({ caller }) => {
        const rows = await readTenant(gateway.platform, caller, ({ tx }) => listProviderKeys(tx))
        return { data: rows.map(present), nextCursor: null }
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/provider-keys',
        tag,
        summary: 'Bring a provider key, or a server of your own',
        description:
          'Where an organization has a key of a provider, its calls there are made with that alone, and what they cost is ' +
          'between it and the provider. With `baseUrl`, a server of its own that speaks OpenAI’s protocol: its models are ' +
          'named `provider/model`.',
        access: 'manage:models',
        body: contract.newProviderKeyBody,
        response: { status: 201, description: 'The key', schema: contract.providerKey },
        errors: [providerUnknown, providerNameTaken, baseUrlRefused, limitReached],
      },
      async ({ caller, body }) => present(await createProviderKey(gateway, caller, body)),
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/api/v1/provider-keys/{id}',
        tag,
        summary: 'Change a provider key',
        description:
          'Provider and base URL stay. Enabling a key, or giving it another secret, tries it again after its provider had refused it.',
        access: 'manage:models',
        params: contract.providerKeyParams,
        body: contract.providerKeyChanges,
        response: { status: 200, description: 'The key', schema: contract.providerKey },
        errors: [providerKeyNotFound],
      },
      async ({ caller, params, body }) => present(await changeProviderKey(gateway, caller, params.id, body)),
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/provider-keys/{id}',
        tag,
        summary: 'Remove a provider key',
        access: 'manage:models',
        params: contract.providerKeyParams,
        response: { status: 204, description: 'Removed' },
        errors: [providerKeyNotFound],
      },
      async ({ caller, params }) => {
        await removeProviderKey(gateway, caller, params.id)
      },
    ),
  ]
}

function present(row: ProviderKeyRow) {
  return {
    id: row.id,
    provider: row.provider,
    name: row.name,
    lastFour: row.lastFour,
    baseUrl: row.baseUrl,
    models: row.models,
    weight: row.weight,
    requestsPerMinute: row.requestsPerMinute,
    countsInBudgets: row.countsInBudgets,
    enabled: row.enabled,
    problem: row.problem,
    problemAt: row.problemAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  }
}
