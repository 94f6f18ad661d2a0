import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { X } from 'lucide-react'
import type { SearchResults } from '../../app/api-types.ts'
import { useOrganization } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Select, type SelectOption } from '../../ui/select.tsx'
import { membersQuery } from '../organization/queries.ts'
import { kindOf } from './file-icon.tsx'
import { collectionsQuery } from './queries.ts'
import type { SearchPeriod } from './search-periods.ts'

const route = getRouteApi('/app/knowledge/search')

const periods: readonly SelectOption<SearchPeriod | ''>[] = [
  { value: '', label: 'Any time' },
  { value: 'added-7', label: 'Added in 7 days' },
  { value: 'added-30', label: 'Added in 30 days' },
  { value: 'added-365', label: 'Added in a year' },
  { value: 'changed-7', label: 'Changed in 7 days' },
  { value: 'changed-30', label: 'Changed in 30 days' },
  { value: 'changed-365', label: 'Changed in a year' },
]

/** What narrows a search. All of it stands in the URL; how many passages each choice holds is told where it is known. */
export function SearchFilters({ facets }: { facets: SearchResults['facets'] | undefined }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { data: collections = [] } = useQuery(collectionsQuery)
  // Members may not be readable by everybody; a search is narrowed without their names then.
  const { data: members = [] } = useInfiniteQuery(membersQuery(useOrganization().id))
  const set = (change: Partial<typeof search>) =>
    void navigate({ search: (old) => ({ ...old, passage: undefined, ...change }), replace: true })
  const nameOf = new Map([
    ...collections.map((one) => [one.id, one.name] as const),
    ...members.map((one) => [one.userId, one.name] as const),
    ...(facets?.documents ?? []).map((one) => [one.id, one.name] as const),
  ])
  const named = (fallback: string) => (one: { id: string; count: number }) => ({
    value: one.id,
    label: `${nameOf.get(one.id) ?? fallback} (${one.count})`,
  })
  const narrowed = [search.collection, search.type, search.by, search.document, search.when]
  return (
    <div className="flex flex-wrap items-center gap-2 pt-3">
      <Select
        label="Collection"
        value={search.collection ?? ''}
        options={optionsFor(
          'All collections',
          search.collection,
          collections.map(({ id, name }) => ({ value: id, label: name })),
        )}
        onChange={(collection) => set({ collection: collection || undefined })}
        className="max-w-52"
      />
      <Select
        label="Type"
        value={search.type ?? ''}
        options={optionsFor(
          'Any type',
          search.type,
          (facets?.mediaTypes ?? []).map(({ mediaType, count }) => ({
            value: mediaType,
            label: `${kindOf(mediaType)} (${count})`,
          })),
          kindOf,
        )}
        onChange={(type) => set({ type: type || undefined })}
        className="max-w-52"
      />
      <Select
        label="Added by"
        value={search.by ?? ''}
        options={optionsFor(
          'By anybody',
          search.by,
          (facets?.authors ?? []).map(named('Somebody who left')),
          (id) => nameOf.get(id) ?? 'Somebody',
        )}
        onChange={(by) => set({ by: by || undefined })}
        className="max-w-52"
      />
      <Select
        label="Document"
        value={search.document ?? ''}
        options={optionsFor(
          'All documents',
          search.document,
          (facets?.documents ?? []).map(named('A document')),
          () => 'One document',
        )}
        onChange={(document) => set({ document: document || undefined })}
        className="max-w-52"
      />
      <Select
        label="When"
        value={search.when ?? ''}
        options={periods}
        onChange={(when) => set({ when: when || undefined })}
        className="max-w-52"
      />
      {narrowed.some((one) => one !== undefined) ? (
        <Button
          variant="ghost"
          size="sm"
          onClick={() =>
            set({
              collection: undefined,
              type: undefined,
              by: undefined,
              document: undefined,
              when: undefined,
            })
          }
        >
          <X /> Clear
        </Button>
      ) : null}
    </div>
  )
}

/** What is chosen stays in the list, also where nothing was found in it. */
function optionsFor(
  any: string,
  chosen: string | undefined,
  options: SelectOption<string>[],
  labelOf: (value: string) => string = (value) => value,
): SelectOption<string>[] {
  const lost = chosen !== undefined && !options.some((one) => one.value === chosen)
  return [{ value: '', label: any }, ...options, ...(lost ? [{ value: chosen, label: labelOf(chosen) }] : [])]
}
