import { withTenant } from '../../platform/db/transactions.ts'
import { decodeCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { createCollection } from './actions/create-collection.ts'
import { ensureDefaultCollection } from './actions/ensure-default-collection.ts'
import * as contract from './contract.ts'
import { collectionNameTaken, documentNotFound, passageNotFound } from './errors.ts'
import type { Knowledge } from './knowledge.ts'
import { presentCollection, presentPassage } from './present.ts'
import { findDocument, findNeighbours, findPassages, listCollections, listPassages } from './store.ts'

const tag = 'Knowledge'

/** Collections and passages; documents and search have files of their own. */
export function knowledgeRoutes(knowledge: Knowledge): Route[] {
  const { platform } = knowledge
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/collections',
        tag,
        summary: 'The collections of documents',
        access: 'read:documents',
        response: { status: 200, description: 'The collections', schema: contract.collectionList },
      },
      async ({ caller }) => {
        const rows = await withTenant(platform, caller, async (scope) => {
          await ensureDefaultCollection(scope)
          return listCollections(scope.tx)
        })
        return { data: rows.map(presentCollection), nextCursor: null }
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/collections',
        tag,
        summary: 'Make a collection',
        access: 'write:documents',
        body: contract.collectionBody,
        response: { status: 201, description: 'The new collection', schema: contract.collection },
        errors: [collectionNameTaken],
      },
      async ({ caller, body }) => {
        const row = await withTenant(platform, caller, (scope) => createCollection(scope, body.name))
        return presentCollection({ ...row, documentCount: 0 })
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/documents/{id}/passages',
        tag,
        summary: 'The passages of a document, in its order',
        access: 'read:documents',
        params: contract.idParams,
        query: contract.passageListQuery,
        response: { status: 200, description: 'A page of passages', schema: contract.passageList },
        errors: [documentNotFound],
      },
      async ({ caller, params, query }) => {
        const after = decodeCursor(query.cursor, 1)?.[0]
        const afterOrdinal = after !== undefined && /^\d{1,9}$/.test(after) ? Number(after) : -1
        const rows = await withTenant(platform, caller, async (scope) => {
          if (!(await findDocument(scope.tx, params.id))) throw documentNotFound()
          return listPassages(scope.tx, params.id, { limit: query.limit, afterOrdinal })
        })
        const page = toPage(rows, query.limit, (row) => [String(row.ordinal)])
        return { ...page, data: page.data.map(presentPassage) }
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/passages/{id}',
        tag,
        summary: 'A passage with what stands before and after it',
        access: 'read:documents',
        params: contract.idParams,
        response: { status: 200, description: 'The passage', schema: contract.passageInContext },
        errors: [passageNotFound],
      },
      ({ caller, params }) =>
        withTenant(platform, caller, async (scope) => {
          const [row] = await findPassages(scope.tx, [params.id])
          if (!row) throw passageNotFound()
          return { ...presentPassage(row), ...(await findNeighbours(scope.tx, row)) }
        }),
    ),
  ]
}
