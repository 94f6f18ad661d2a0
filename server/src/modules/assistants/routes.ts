import { readTenant } from '../../platform/db/transactions.ts'
import { decodeIdCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { modelNotAllowed, modelNotFound } from '../gateway/index.ts'
import { collectionNotFound } from '../knowledge/index.ts'
import { archiveAssistant } from './actions/archive-assistant.ts'
import { changeAssistant } from './actions/change-assistant.ts'
import { createAssistant } from './actions/create-assistant.ts'
import { findAssistant, listAssistants } from './assistant-store.ts'
import type { Assistants } from './assistants.ts'
import * as contract from './contract.ts'
import { assistantNotFound } from './errors.ts'
import { presentTools } from './graphs/tools/all-tools.ts'
import { presentAssistant } from './present.ts'

const tag = 'Assistants'

export function assistantRoutes(assistants: Assistants): Route[] {
  const { platform } = assistants
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/assistants',
        tag,
        summary: 'The assistants, newest first',
        access: 'read:assistants',
        query: contract.assistantListQuery,
        response: { status: 200, description: 'A page of assistants', schema: contract.assistantList },
      },
      async ({ caller, query: { limit, cursor } }) => {
        const beforeId = decodeIdCursor(cursor)
        const rows = await readTenant(platform, caller, ({ tx }) =>
          listAssistants(tx, { limit: limit + 1, beforeId }),
        )
        const page = toPage(rows, limit, ({ row }) => [row.id])
        return { ...page, data: page.data.map(presentAssistant) }
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/assistants',
        tag,
        summary: 'Make an assistant',
        access: 'manage:assistants',
        body: contract.assistantBody,
        response: { status: 201, description: 'The new assistant', schema: contract.assistant },
        errors: [modelNotFound, modelNotAllowed, collectionNotFound],
      },
      async ({ caller, body }) => presentAssistant(await createAssistant(assistants, caller, body)),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/assistant-tools',
        tag,
        summary: 'The tools assistants can be given',
        access: 'read:assistants',
        response: { status: 200, description: 'The tools', schema: contract.assistantToolList },
      },
      async () => ({ data: presentTools(), nextCursor: null }),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/assistants/{id}',
        tag,
        summary: 'One assistant, in its newest version',
        access: 'read:assistants',
        params: contract.idParams,
        response: { status: 200, description: 'The assistant', schema: contract.assistant },
        errors: [assistantNotFound],
      },
      async ({ caller, params: { id } }) => {
        const found = await readTenant(platform, caller, ({ tx }) => findAssistant(tx, id))
        if (!found) throw assistantNotFound()
        return presentAssistant(found)
      },
    ),
    defineRoute(
      {
        method: 'patch',
        path: '/api/v1/assistants/{id}',
        tag,
        summary: 'Change an assistant',
        description: 'This adds a version. Runs that have begun go on with theirs.',
        access: 'manage:assistants',
        params: contract.idParams,
        body: contract.assistantChanges,
        response: { status: 200, description: 'The assistant as it is now', schema: contract.assistant },
        errors: [assistantNotFound, modelNotFound, modelNotAllowed, collectionNotFound],
      },
      async ({ caller, params: { id }, body }) =>
        presentAssistant(await changeAssistant(assistants, caller, id, body)),
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/assistants/{id}',
        tag,
        summary: 'Archive an assistant',
        description: 'It takes no more tasks. Its runs stay.',
        access: 'manage:assistants',
        params: contract.idParams,
        response: { status: 204, description: 'Archived' },
        errors: [assistantNotFound],
      },
      ({ caller, params: { id } }) => archiveAssistant(assistants, caller, id),
    ),
  ]
}
