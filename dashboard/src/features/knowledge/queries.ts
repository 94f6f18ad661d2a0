import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, take } from '../../app/api.ts'
import type { DocumentStatus, KnowledgeDocument } from '../../app/api-types.ts'
import { dropUndefined } from '../../app/drop-undefined.ts'
import { queryClient } from '../../app/query-client.ts'

export interface DocumentFilters {
  q?: string | undefined
  status?: DocumentStatus | undefined
  collectionId?: string | undefined
}

export function isInProgress(document: KnowledgeDocument): boolean {
  return document.status === 'queued' || document.status === 'parsing' || document.status === 'embedding'
}

/**
 * The list is asked again every second while something in it is being read. One poll serves every row; an event
 * stream for each would use up the few connections a browser opens to one server.
 */
const pollMs = 1000

export function documentsQuery(filters: DocumentFilters = {}) {
  return infiniteQueryOptions({
    queryKey: ['documents', 'list', filters],
    queryFn: ({ pageParam }) =>
      take(
        api.GET('/api/v1/documents', {
          params: {
            query: dropUndefined({
              limit: 50,
              cursor: pageParam,
              q: filters.q,
              status: filters.status,
              collectionId: filters.collectionId,
            }),
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    select: (data) => data.pages.flatMap((page) => page.data),
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => page.data.some(isInProgress)) ? pollMs : false,
  })
}

export function documentQuery(id: string) {
  return queryOptions({
    queryKey: ['documents', 'one', id],
    queryFn: () => take(api.GET('/api/v1/documents/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state }) => (state.data && isInProgress(state.data) ? pollMs : false),
  })
}

export function passagesQuery(documentId: string) {
  return infiniteQueryOptions({
    queryKey: ['documents', 'passages', documentId],
    queryFn: ({ pageParam }) =>
      take(
        api.GET('/api/v1/documents/{id}/passages', {
          params: { path: { id: documentId }, query: dropUndefined({ limit: 100, cursor: pageParam }) },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.data),
    staleTime: 60_000,
  })
}

/** Passages never change: a document that is read again gets new ones. */
export function passageQuery(id: string) {
  return queryOptions({
    queryKey: ['passages', id],
    queryFn: () => take(api.GET('/api/v1/passages/{id}', { params: { path: { id } } })),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

export const collectionsQuery = queryOptions({
  queryKey: ['collections'],
  queryFn: () => take(api.GET('/api/v1/collections')),
  select: (page) => page.data,
  staleTime: 60_000,
})

export function refreshDocuments(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: ['documents'] })
}
