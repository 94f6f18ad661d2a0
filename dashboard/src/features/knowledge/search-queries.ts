import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query'
import { api, take } from '../../app/api.ts'
import { dropUndefined } from '../../app/drop-undefined.ts'
import type { SearchPeriod } from './search-periods.ts'

/** What the address of the search page says. */
export interface SearchTerms {
  q?: string | undefined
  collection?: string | undefined
  type?: string | undefined
  by?: string | undefined
  document?: string | undefined
  when?: SearchPeriod | undefined
}

const dayMs = 86_400_000

/** Each page embeds the question again, so what was found is kept for a while. */
export function searchQuery(terms: SearchTerms) {
  const { q = '', collection, type, by, document, when } = terms
  return infiniteQueryOptions({
    queryKey: ['search', q, collection, type, by, document, when],
    queryFn: ({ signal, pageParam }) =>
      take(
        api.POST('/api/v1/search', {
          body: {
            query: q,
            limit: 20,
            ...dropUndefined({
              cursor: pageParam,
              collectionIds: collection === undefined ? undefined : [collection],
              mediaTypes: type === undefined ? undefined : [type],
              authorIds: by === undefined ? undefined : [by],
              documentIds: document === undefined ? undefined : [document],
            }),
            ...periodOf(when),
          },
          signal,
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    enabled: q !== '',
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  })
}

function periodOf(when: SearchPeriod | undefined): { createdFrom?: string; updatedFrom?: string } {
  if (when === undefined) return {}
  const [what, days] = when.split('-')
  const from = new Date(Date.now() - Number(days) * dayMs).toISOString()
  return what === 'added' ? { createdFrom: from } : { updatedFrom: from }
}
