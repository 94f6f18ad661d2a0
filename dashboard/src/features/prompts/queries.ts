import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, take } from '../../app/api.ts'
import { dropUndefined } from '../../app/drop-undefined.ts'
import { queryClient } from '../../app/query-client.ts'

const firstPage = undefined as string | undefined

export interface PromptFilter {
  q?: string | undefined
  folder?: string | undefined
  archived?: boolean | undefined
}

export function promptsQuery({ q, folder, archived }: PromptFilter) {
  return infiniteQueryOptions({
    queryKey: ['prompts', { q, folder, archived }],
    queryFn: ({ pageParam }) =>
      take(
        api.GET('/api/v1/prompts', {
          params: {
            query: dropUndefined({
              q,
              folder,
              archived: archived ? ('true' as const) : undefined,
              limit: 100,
              cursor: pageParam,
            }),
          },
        }),
      ),
    initialPageParam: firstPage,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.data),
  })
}

export const foldersQuery = queryOptions({
  queryKey: ['prompts', 'folders'],
  queryFn: () => take(api.GET('/api/v1/prompts/folders')),
  select: (page) => page.data,
})

export function promptQuery(id: string) {
  return queryOptions({
    queryKey: ['prompts', 'one', id],
    queryFn: () => take(api.GET('/api/v1/prompts/{id}', { params: { path: { id } } })),
  })
}

export function versionsQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: ['prompts', 'versions', id],
    queryFn: ({ pageParam }) =>
      take(
        api.GET('/api/v1/prompts/{id}/versions', {
          params: { path: { id }, query: dropUndefined({ limit: 50, cursor: pageParam }) },
        }),
      ),
    initialPageParam: firstPage,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.data),
  })
}

/** A version never changes. */
export function versionQuery(id: string, number: number) {
  return queryOptions({
    queryKey: ['prompt-version', id, number],
    queryFn: () =>
      take(api.GET('/api/v1/prompts/{id}/versions/{number}', { params: { path: { id, number } } })),
    staleTime: Number.POSITIVE_INFINITY,
    enabled: number > 0,
  })
}

export function movesQuery(id: string) {
  return queryOptions({
    queryKey: ['prompts', 'moves', id],
    queryFn: () =>
      take(api.GET('/api/v1/prompts/{id}/label-moves', { params: { path: { id }, query: { limit: 50 } } })),
    select: (page) => page.data,
  })
}

export function figuresQuery(id: string) {
  return queryOptions({
    queryKey: ['prompts', 'figures', id],
    queryFn: () => take(api.GET('/api/v1/prompts/{id}/figures', { params: { path: { id } } })),
    select: (page) => page.data,
  })
}

/** After any change: lists, folders, labels and their history may all be other than before. */
export async function refreshPrompts(): Promise<void> {
  await queryClient.invalidateQueries({ queryKey: ['prompts'] })
}
