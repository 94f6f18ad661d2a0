import { decodeCursor, encodeCursor } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { searchLibrary } from './actions/search-library.ts'
import type { Knowledge } from './knowledge.ts'
import * as contract from './search-contract.ts'

const tag = 'Knowledge'

export function searchRoutes(knowledge: Knowledge): Route[] {
  return [
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/search',
        tag,
        summary: 'Find passages by words and by meaning',
        description:
          'The best passages first, each with why it was found. A passage counts by its place in two rankings, by the words of the question and by its meaning.',
        access: 'read:documents',
        body: contract.searchBody,
        response: { status: 200, description: 'A page of passages', schema: contract.searchResults },
      },
      async ({ caller, body, signal }) => {
        const { cursor, createdFrom, createdBefore, updatedFrom, updatedBefore, ...rest } = body
        const after = decodeCursor(cursor, 1)?.[0]
        const offset = after !== undefined && /^\d{1,4}$/.test(after) ? Number(after) : 0
        const { hits, total, facets } = await searchLibrary(
          knowledge,
          caller,
          {
            ...rest,
            offset,
            createdFrom: instantOf(createdFrom),
            createdBefore: instantOf(createdBefore),
            updatedFrom: instantOf(updatedFrom),
            updatedBefore: instantOf(updatedBefore),
          },
          signal,
        )
        const next = offset + body.limit
        return {
          data: hits.map((hit) => ({
            ...hit,
            document: {
              ...hit.document,
              createdAt: hit.document.createdAt.toISOString(),
              updatedAt: hit.document.updatedAt.toISOString(),
            },
          })),
          total,
          facets,
          nextCursor: next < total ? encodeCursor([String(next)]) : null,
        }
      },
    ),
  ]
}

function instantOf(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text)
}
