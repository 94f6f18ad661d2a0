import { withTenant } from '../../platform/db/transactions.ts'
import { decodeIdCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { createApiKey } from './actions/create-api-key.ts'
import { revokeApiKey } from './actions/revoke-api-key.ts'
import * as contract from './contract.ts'
import { apiKeyNotFound, expiryInPast } from './errors.ts'
import { findApiKey, type ListedApiKey, listApiKeys } from './store.ts'

const tag = 'API keys'

export function apiKeyRoutes(platform: Platform): Route[] {
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/api-keys',
        tag,
        summary: 'The organization’s API keys',
        access: 'read:api_keys',
        query: contract.apiKeyListQuery,
        response: { status: 200, description: 'A page of keys, newest first', schema: contract.apiKeyList },
      },
      async ({ caller, query }) => {
        const beforeId = decodeIdCursor(query.cursor)
        const rows = await withTenant(platform, caller, (scope) =>
          listApiKeys(scope.tx, { limit: query.limit, beforeId }),
        )
        const page = toPage(rows, query.limit, (row) => [row.id])
        return { ...page, data: page.data.map(present) }
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/api-keys',
        tag,
        summary: 'Make an API key',
        description: 'The key is in this answer and is never shown again.',
        access: 'manage:api_keys',
        body: contract.newApiKeyBody,
        response: { status: 201, description: 'The key, shown once', schema: contract.createdApiKey },
        errors: [expiryInPast],
      },
      async ({ caller, body }) => {
        const expiresAt = body.expiresAt === undefined ? null : new Date(body.expiresAt)
        return withTenant(platform, caller, async (scope) => {
          const made = await createApiKey(scope, { name: body.name, expiresAt })
          const row = await findApiKey(scope.tx, made.id)
          if (!row) throw apiKeyNotFound()
          return { ...present(row), key: made.key }
        })
      },
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/api-keys/{id}',
        tag,
        summary: 'Revoke an API key',
        access: 'manage:api_keys',
        params: contract.apiKeyParams,
        response: { status: 204, description: 'Revoked' },
        errors: [apiKeyNotFound],
      },
      async ({ caller, params }) => {
        await withTenant(platform, caller, (scope) => revokeApiKey(scope, params.id))
      },
    ),
  ]
}

function present(row: ListedApiKey) {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
  }
}
