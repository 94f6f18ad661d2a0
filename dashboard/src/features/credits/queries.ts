import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, take } from '../../app/api.ts'
import { dropUndefined } from '../../app/drop-undefined.ts'

/** Read again while somebody looks. */
export const creditsQuery = queryOptions({
  queryKey: ['credits', 'balance'],
  queryFn: () => take(api.GET('/api/v1/credits')),
  refetchInterval: 10_000,
})

export const creditEntriesQuery = infiniteQueryOptions({
  queryKey: ['credits', 'entries'],
  queryFn: ({ pageParam }) =>
    take(
      api.GET('/api/v1/credits/entries', {
        params: { query: dropUndefined({ limit: 50, cursor: pageParam }) },
      }),
    ),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.nextCursor ?? undefined,
  select: (data) => data.pages.flatMap((page) => page.data),
})

/** Of the balance and its entries. */
export const creditsKey = ['credits']
