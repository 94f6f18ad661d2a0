import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, take } from '../../app/api.ts'
import { dropUndefined } from '../../app/drop-undefined.ts'

/** What one can sign in by, and an address that waits: more than the session says. */
export const profileQuery = queryOptions({
  queryKey: ['account', 'profile'],
  queryFn: () => take(api.GET('/api/v1/user/profile')),
})

export const twoFactorQuery = queryOptions({
  queryKey: ['account', 'two-factor'],
  queryFn: () => take(api.GET('/api/v1/user/two-factor')),
})

export const passkeysQuery = queryOptions({
  queryKey: ['account', 'passkeys'],
  queryFn: async () => (await take(api.GET('/api/v1/user/passkeys'))).data,
})

export const sessionsQuery = infiniteQueryOptions({
  queryKey: ['account', 'sessions'],
  queryFn: ({ pageParam }) =>
    take(
      api.GET('/api/v1/user/sessions', {
        params: { query: dropUndefined({ limit: 100, cursor: pageParam }) },
      }),
    ),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.nextCursor ?? undefined,
  select: (data) => data.pages.flatMap((page) => page.data),
})

export const accountActivityQuery = infiniteQueryOptions({
  queryKey: ['account', 'activity'],
  queryFn: ({ pageParam }) =>
    take(
      api.GET('/api/v1/user/activity', {
        params: { query: dropUndefined({ limit: 50, cursor: pageParam }) },
      }),
    ),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.nextCursor ?? undefined,
  select: (data) => data.pages.flatMap((page) => page.data),
})
