import { infiniteQueryOptions } from '@tanstack/react-query'
import { api, take } from '../../app/api.ts'
import { dropUndefined } from '../../app/drop-undefined.ts'

export function membersQuery(organizationId: string) {
  return infiniteQueryOptions({
    queryKey: ['members', organizationId],
    queryFn: ({ pageParam }) =>
      take(
        api.GET('/api/v1/organizations/{id}/members', {
          params: { path: { id: organizationId }, query: dropUndefined({ limit: 100, cursor: pageParam }) },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.data),
  })
}

export const activityQuery = infiniteQueryOptions({
  queryKey: ['activity'],
  queryFn: ({ pageParam }) =>
    take(api.GET('/api/v1/activity', { params: { query: dropUndefined({ limit: 50, cursor: pageParam }) } })),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.nextCursor ?? undefined,
  select: (data) => data.pages.flatMap((page) => page.data),
})
