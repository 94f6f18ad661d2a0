import { infiniteQueryOptions } from '@tanstack/react-query'
import { api, take } from '../../app/api.ts'
import { dropUndefined } from '../../app/drop-undefined.ts'

export const serviceAccountsQuery = infiniteQueryOptions({
  queryKey: ['service-accounts'],
  queryFn: ({ pageParam }) =>
    take(
      api.GET('/api/v1/service-accounts', {
        params: { query: dropUndefined({ limit: 100, cursor: pageParam }) },
      }),
    ),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.nextCursor ?? undefined,
  select: (data) => data.pages.flatMap((page) => page.data),
})
