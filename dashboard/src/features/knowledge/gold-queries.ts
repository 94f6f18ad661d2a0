import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, take } from '../../app/api.ts'
import { dropUndefined } from '../../app/drop-undefined.ts'
import { queryClient } from '../../app/query-client.ts'

export function goldQuestionsQuery(collectionId: string) {
  return infiniteQueryOptions({
    queryKey: ['gold', 'questions', collectionId],
    queryFn: ({ pageParam }) =>
      take(
        api.GET('/api/v1/collections/{id}/gold-questions', {
          params: { path: { id: collectionId }, query: dropUndefined({ limit: 100, cursor: pageParam }) },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.data),
    enabled: collectionId !== '',
  })
}

/** As many as a picture shows. */
export function evaluationsQuery(collectionId: string) {
  return queryOptions({
    queryKey: ['gold', 'evaluations', collectionId],
    queryFn: () =>
      take(
        api.GET('/api/v1/collections/{id}/evaluations', {
          params: { path: { id: collectionId }, query: { limit: 50 } },
        }),
      ),
    select: (page) => page.data,
    enabled: collectionId !== '',
  })
}

/** What an evaluation found never changes. */
export function evaluationQuery(id: string) {
  return queryOptions({
    queryKey: ['gold', 'evaluation', id],
    queryFn: () => take(api.GET('/api/v1/evaluations/{id}', { params: { path: { id } } })),
    enabled: id !== '',
    staleTime: 60_000,
  })
}

export function refreshGold(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: ['gold'] })
}
