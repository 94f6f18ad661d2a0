import { infiniteQueryOptions } from '@tanstack/react-query'
import { api, take } from '../../app/api.ts'
import { dropUndefined } from '../../app/drop-undefined.ts'

export const apiKeysQuery = infiniteQueryOptions({
  queryKey: ['api-keys'],
  queryFn: ({ pageParam }) =>
    take(api.GET('/api/v1/api-keys', { params: { query: dropUndefined({ limit: 50, cursor: pageParam }) } })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.nextCursor ?? undefined,
  select: (data) => data.pages.flatMap((page) => page.data),
})
