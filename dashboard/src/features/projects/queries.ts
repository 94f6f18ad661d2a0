import { infiniteQueryOptions } from '@tanstack/react-query'
import { api, take } from '../../app/api.ts'
import { dropUndefined } from '../../app/drop-undefined.ts'

export function projectsQuery(archived = false) {
  return infiniteQueryOptions({
    queryKey: ['projects', { archived }],
    queryFn: ({ pageParam }) =>
      take(
        api.GET('/api/v1/projects', {
          params: {
            query: dropUndefined({
              limit: 100,
              archived: archived ? ('true' as const) : ('false' as const),
              cursor: pageParam,
            }),
          },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    select: (data) => data.pages.flatMap((page) => page.data),
  })
}

/** Of lists of both kinds. */
export const projectsKey = ['projects']
