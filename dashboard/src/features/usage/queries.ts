import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, FreeholdError, take } from '../../app/api.ts'
import type { Budget } from '../../app/api-types.ts'
import { dropUndefined } from '../../app/drop-undefined.ts'

export function usageQuery(from: string, to: string) {
  return queryOptions({
    queryKey: ['usage', 'days', from, to],
    queryFn: () => take(api.GET('/api/v1/usage', { params: { query: { from, to } } })),
    placeholderData: keepPreviousData,
  })
}

/** Which calls of the log are shown, as the API takes it. */
export interface CallFilter {
  status?: 'ok' | 'error' | 'aborted' | 'interrupted' | undefined
  model?: string | undefined
  userId?: string | undefined
  apiKeyId?: string | undefined
  projectId?: string | undefined
  tag?: string | undefined
}

/** The log goes on by itself while its beginning is all that is shown. */
export function usageRecordsQuery(filter: CallFilter) {
  return infiniteQueryOptions({
    queryKey: ['usage', 'records', filter],
    queryFn: ({ pageParam }) =>
      take(
        api.GET('/api/v1/usage/records', {
          params: { query: dropUndefined({ ...filter, limit: 50, cursor: pageParam }) },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    refetchInterval: ({ state }) => (state.data?.pages.length === 1 ? 5_000 : false),
    placeholderData: keepPreviousData,
    select: (data) => data.pages.flatMap((page) => page.data),
  })
}

export const breakdowns = [
  'member',
  'key',
  'service_account',
  'project',
  'tag',
  'purpose',
  'provider',
  'status',
] as const
export type Breakdown = (typeof breakdowns)[number]

export function summaryQuery(query: { groupBy: Breakdown | 'model' | 'day'; from: string; to: string }) {
  return queryOptions({
    queryKey: ['usage', 'summary', query],
    queryFn: () => take(api.GET('/api/v1/usage/summary', { params: { query: { ...query, limit: 200 } } })),
    staleTime: 30_000,
    placeholderData: keepPreviousData,
  })
}

/** A record is written a moment after its call ended; one that is not there yet is asked for again. */
export function usageRecordQuery(requestId: string) {
  return queryOptions({
    queryKey: ['usage', 'record', requestId],
    queryFn: () => take(api.GET('/api/v1/usage/{requestId}', { params: { path: { requestId } } })),
    staleTime: 60_000,
    retry: (failures, error) => failures < 3 && error instanceof FreeholdError && error.status === 404,
    retryDelay: 600,
  })
}

/** Asked again while one of those that are shown may still change. */
export const queuedCallsQuery = infiniteQueryOptions({
  queryKey: ['queued-calls'],
  queryFn: ({ pageParam }) =>
    take(
      api.GET('/api/v1/queued-calls', { params: { query: dropUndefined({ limit: 50, cursor: pageParam }) } }),
    ),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.nextCursor ?? undefined,
  refetchInterval: ({ state }) => (state.data && state.data.pages.length > 1 ? 15_000 : 3_000),
  select: (data) => data.pages.flatMap((page) => page.data),
})

/** With its answer, for whoever sent it. */
export function queuedCallQuery(id: string, isUnfinished: boolean) {
  return queryOptions({
    queryKey: ['queued-call', id],
    queryFn: () => take(api.GET('/api/v1/queued-calls/{id}', { params: { path: { id } } })),
    refetchInterval: isUnfinished ? 3_000 : false,
    retry: false,
  })
}

export const budgetsQuery = queryOptions({
  queryKey: ['budgets'],
  queryFn: () => take(api.GET('/api/v1/budgets')),
  select: (page) => page.data,
})

/** Read again while somebody looks: what is used of a limit lasts a minute. */
export const limitsQuery = queryOptions({
  queryKey: ['limits'],
  queryFn: () => take(api.GET('/api/v1/limits')),
  select: (page) => page.data,
  refetchInterval: 3_000,
})

/** The limit on everything, where there is one; of several the oldest. */
export const organizationBudgetQuery = {
  ...budgetsQuery,
  select: (page: { data: Budget[] }) => page.data.find((budget) => budget.scope === 'organization') ?? null,
}
