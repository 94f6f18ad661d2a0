import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, take } from '../../app/api.ts'
import { dropUndefined } from '../../app/drop-undefined.ts'

export const outboxQuery = infiniteQueryOptions({
  queryKey: ['outbox'],
  queryFn: ({ pageParam }) =>
    take(api.GET('/api/v1/outbox', { params: { query: dropUndefined({ limit: 50, cursor: pageParam }) } })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.nextCursor ?? undefined,
  // Whoever comes here waits for a letter.
  refetchInterval: 10_000,
  select: (data) => ({
    letters: data.pages.flatMap((page) => page.data),
    delivery: data.pages[0]?.delivery ?? 'outbox',
  }),
})

export const costComparisonsQuery = queryOptions({
  queryKey: ['cost-comparisons'],
  queryFn: () => take(api.GET('/api/v1/admin/cost-comparisons', { params: { query: {} } })),
})
