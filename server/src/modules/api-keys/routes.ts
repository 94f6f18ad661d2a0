import { readCredentials } from '../../platform/auth/credentials.ts'
import { limitReached } from '../../platform/db/require-room.ts'
import { readTenant, withTenant } from '../../platform/db/transactions.ts'
import { decodeIdCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import type { Platform } from '../../platform/platform.ts'
import { isMachineToken, type TokenSigner, tokenAnswerKeptMs } from '../identity/index.ts'
import { changeApiKey } from './actions/change-api-key.ts'
import { createApiKey } from './actions/create-api-key.ts'
import { revokeApiKey } from './actions/revoke-api-key.ts'
import { rotateApiKey } from './actions/rotate-api-key.ts'
import { permissionsOfToken } from './authenticate-api-key.ts'
import * as contract from './contract.ts'
import {
  apiKeyInvalid,
  apiKeyNotFound,
  boundedMaker,
  expiryInPast,
  keyNotUsable,
  keyProjectNotFound,
  needsApiKey,
  notItsOwn,
  projectOfMaker,
  scopeNotHeld,
  serviceAccountNotFound,
} from './errors.ts'
import { presentApiKey } from './present.ts'
import { findApiKey, findApiKeyRow, listApiKeys } from './store.ts'

const tag = 'API keys'

export function apiKeyRoutes(platform: Platform, signer: TokenSigner): Route[] {
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
        const rows = await readTenant(platform, caller, (scope) =>
          listApiKeys(scope.tx, { limit: query.limit, beforeId }),
        )
        const page = toPage(rows, query.limit, (row) => [row.id])
        return { ...page, data: page.data.map(presentApiKey) }
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
        errors: [
          apiKeyInvalid,
          boundedMaker,
          limitReached,
          expiryInPast,
          keyProjectNotFound,
          projectOfMaker,
          scopeNotHeld,
          serviceAccountNotFound,
        ],
      },
      async ({ caller, body }) => {
        const expiresAt = body.expiresAt === undefined ? null : new Date(body.expiresAt)
        return withTenant(platform, caller, async (scope) => {
          const made = await createApiKey(scope, { ...body, expiresAt })
          const row = await findApiKey(scope.tx, made.id)
          if (!row) throw apiKeyNotFound()
          return { ...presentApiKey(row), key: made.key }
        })
      },
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/api/v1/api-keys/{id}',
        tag,
        summary: 'Change which project an API key belongs to',
        description: 'Calls that come later are for that one. What it has spent stays where it was counted.',
        access: 'manage:api_keys',
        params: contract.apiKeyParams,
        body: contract.apiKeyChanges,
        response: { status: 200, description: 'The key', schema: contract.apiKey },
        errors: [apiKeyNotFound, keyNotUsable, keyProjectNotFound, projectOfMaker],
      },
      async ({ caller, params: { id }, body }) =>
        withTenant(platform, caller, async (scope) => {
          await changeApiKey(scope, id, body)
          const row = await findApiKey(scope.tx, id)
          if (!row) throw apiKeyNotFound()
          return presentApiKey(row)
        }),
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/api-keys/{id}',
        tag,
        summary: 'Revoke an API key',
        description: 'Every key that was made with it ends too.',
        access: 'manage:api_keys',
        params: contract.apiKeyParams,
        response: { status: 204, description: 'Revoked' },
        errors: [apiKeyNotFound],
      },
      async ({ caller, params }) => {
        await withTenant(platform, caller, (scope) => revokeApiKey(scope, params.id))
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/api-keys/{id}/rotate',
        tag,
        summary: 'Replace an API key',
        description:
          'A new key of the same owner and limits; the old one, and what was made with it, works a while longer. A key replaces only itself and what it made.',
        access: 'manage:api_keys',
        params: contract.apiKeyParams,
        body: contract.rotateApiKeyBody,
        response: { status: 201, description: 'The new key, shown once', schema: contract.createdApiKey },
        errors: [apiKeyInvalid, apiKeyNotFound, limitReached, keyNotUsable, notItsOwn, scopeNotHeld],
      },
      async ({ caller, params, body }) =>
        withTenant(platform, caller, async (scope) => {
          const made = await rotateApiKey(scope, params.id, body.overlapSeconds)
          const row = await findApiKey(scope.tx, made.id)
          if (!row) throw apiKeyNotFound()
          return { ...presentApiKey(row), key: made.key }
        }),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/auth/token',
        tag,
        summary: 'Exchange an API key for a short-lived token',
        description:
          'For places that should not see the key. The token ends with the key, or after 15 minutes.',
        access: 'signed-in',
        answerKeptMs: tokenAnswerKeptMs,
        response: { status: 200, description: 'The token', schema: contract.machineToken },
        errors: [needsApiKey],
      },
      async ({ caller, request }) => {
        const { apiKeyId, organizationId } = caller
        if (apiKeyId === null || organizationId === null) throw needsApiKey()
        // A token that could be renewed by itself would never end.
        if (isMachineToken(readCredentials(request.headers, caller.ip).bearer ?? '')) throw needsApiKey()
        const permissions = [...permissionsOfToken(caller.permissions)]
        const key = await withTenant(platform, caller, ({ tx }) => findApiKeyRow(tx, apiKeyId))
        const claims = { apiKeyId, organizationId, permissions }
        const { token, expiresIn } = await signer.signForMachine(claims, { endsAt: key?.expiresAt ?? null })
        return { accessToken: token, tokenType: 'Bearer', expiresIn, permissions }
      },
    ),
  ]
}
