import { withTenant } from '../../platform/db/transactions.ts'
import { decodeCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { collectionRoutes } from './collection-routes.ts'
import * as contract from './contract.ts'
import { documentNotFound, passageNotFound } from './errors.ts'
import type { Knowledge } from './knowledge.ts'
import { presentPassage } from './present.ts'
import { findDocument, findNeighbours, findPassages, listPassages } from './store.ts'

const tag = 'Knowledge'

/** Collections and passages; documents and search have files of their own. */
export function knowledgeRoutes(knowledge: Knowledge): Route[] {
  const { platform } = knowledge
  return [
    ...collectionRoutes(knowledge),
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
