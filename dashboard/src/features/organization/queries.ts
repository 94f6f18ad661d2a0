import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, take } from '../../app/api.ts'
import { dropUndefined } from '../../app/drop-undefined.ts'

const firstPage = undefined as string | undefined

export function membersQuery(organizationId: string) {
  return infiniteQueryOptions({
    queryKey: ['members', organizationId],
    queryFn: ({ pageParam }) =>
      take(
        api.GET('/api/v1/organizations/{id}/members', {
          params: { path: { id: organizationId }, query: dropUndefined({ limit: 100, cursor: pageParam }) },
        }),
      ),
    initialPageParam: firstPage,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.data),
  })
}

export function invitationsQuery(organizationId: string) {
  return infiniteQueryOptions({
    queryKey: ['invitations', organizationId],
    queryFn: ({ pageParam }) =>
      take(
        api.GET('/api/v1/organizations/{id}/invitations', {
          params: { path: { id: organizationId }, query: dropUndefined({ limit: 100, cursor: pageParam }) },
        }),
      ),
    initialPageParam: firstPage,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.data),
  })
}

/** The organization's own roles: few, so that one page holds all of them. */
export function customRolesQuery(organizationId: string) {
  return queryOptions({
    queryKey: ['roles', organizationId],
    queryFn: () =>
      take(
        api.GET('/api/v1/organizations/{id}/roles', {
          params: { path: { id: organizationId }, query: { limit: 200 } },
        }),
      ),
    select: (page) => page.data,
  })
}

/** Every permission there is. It changes with the version of the server only. */
export const permissionsQuery = queryOptions({
  queryKey: ['permissions'],
  queryFn: () => take(api.GET('/api/v1/permissions')),
  staleTime: 60 * 60_000,
  select: (page) => page.data,
})

export function settingsQuery(organizationId: string) {
  return queryOptions({
    queryKey: ['organization-settings', organizationId],
    queryFn: () =>
      take(api.GET('/api/v1/organizations/{id}/settings', { params: { path: { id: organizationId } } })),
  })
}

/** What one owns, was deleted, and can be restored. */
export const deletedOrganizationsQuery = queryOptions({
  queryKey: ['deleted-organizations'],
  queryFn: () => take(api.GET('/api/v1/organizations', { params: { query: { deleted: 'true' } } })),
  select: (page) => page.data,
})

export interface ActivityFilter {
  action?: string | undefined
  actorId?: string | undefined
  requestId?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

export function activityQuery(filter: ActivityFilter) {
  return infiniteQueryOptions({
    queryKey: ['activity', filter],
    queryFn: ({ pageParam }) =>
      take(
        api.GET('/api/v1/activity', {
          params: { query: dropUndefined({ ...filter, limit: 50, cursor: pageParam }) },
        }),
      ),
    initialPageParam: firstPage,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.data),
  })
}
