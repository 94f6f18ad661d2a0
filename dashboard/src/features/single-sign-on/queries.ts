import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, take } from '../../app/api.ts'
import type { SignInConnection } from '../../app/api-types.ts'
import { dropUndefined } from '../../app/drop-undefined.ts'
import { queryClient } from '../../app/query-client.ts'

/** All of them: there are at most 50. */
export const domainsQuery = queryOptions({
  queryKey: ['sign-in', 'domains'],
  queryFn: () => take(api.GET('/api/v1/sign-in/domains', { params: { query: { limit: 100 } } })),
  select: (page) => page.data,
})

/** The connected identity provider, or null, and what one has to be told before. */
export const connectionQuery = queryOptions({
  queryKey: ['sign-in', 'connection'],
  queryFn: () => take(api.GET('/api/v1/sign-in/connection')),
})

/** What the server answered to a change of it. */
export function rememberConnection(connection: SignInConnection | null): void {
  queryClient.setQueryData(connectionQuery.queryKey, (setup) => setup && { ...setup, connection })
}

export const groupsQuery = infiniteQueryOptions({
  queryKey: ['sign-in', 'groups'],
  queryFn: ({ pageParam }) =>
    take(
      api.GET('/api/v1/sign-in/groups', {
        params: { query: dropUndefined({ limit: 100, cursor: pageParam }) },
      }),
    ),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.nextCursor ?? undefined,
  select: (data) => data.pages.flatMap((page) => page.data),
})
