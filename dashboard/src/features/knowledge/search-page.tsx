import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { SearchX, TextSearch } from 'lucide-react'
import { type KeyboardEvent, useCallback } from 'react'
import { useUrlText } from '../../app/debounced.ts'
import { plural } from '../../app/format.ts'
import { cn } from '../../ui/cn.ts'
import { SearchInput } from '../../ui/input.tsx'
import { LoadMore } from '../../ui/load-more.tsx'
import { Page, useTitle } from '../../ui/page.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { DropZone } from './drop-zone.tsx'
import { KnowledgeHeader } from './knowledge-header.tsx'
import { PassageInspector } from './passage-inspector.tsx'
import { SearchFilters } from './search-filters.tsx'
import { Hit } from './search-hit.tsx'
import { searchQuery } from './search-queries.ts'
import { UploadList } from './upload-list.tsx'

const route = getRouteApi('/app/knowledge/search')

export function SearchPage() {
  useTitle('Search')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const setQ = useCallback(
    (q: string) =>
      void navigate({
        search: ({ passage: _, ...old }) => ({ ...old, q: q.trim() || undefined }),
        replace: true,
      }),
    [navigate],
  )
  const [q, typeQ] = useUrlText(search.q ?? '', setQ, 350)
  const hits = useInfiniteQuery(searchQuery(search))
  const found = hits.data?.pages.flatMap((page) => page.data) ?? []
  const first = hits.data?.pages[0]
  const asked = search.q !== undefined
  const { q: _q, passage: _passage, ...filters } = search
  const narrowed = Object.keys(filters).length > 0

  return (
    <>
      <Page
        inspector={
          search.passage ? (
            <PassageInspector
              passageId={search.passage}
              words={search.q}
              onClose={() => void navigate({ search: ({ passage: _, ...rest }) => rest })}
            />
          ) : null
        }
      >
        <KnowledgeHeader />
        <UploadList />
        <search className="block pt-5" onKeyDown={stepThroughHits}>
          <SearchInput
            label="Search inside all documents"
            placeholder="Words, or a question in your own words"
            data-page-search
            autoFocus
            value={q}
            onChange={typeQ}
            className="max-w-160 [&_input]:h-10"
          />
          <SearchFilters facets={first?.facets} />
          <p className="mt-2 h-5 text-sm text-ink-3" role="status">
            {hits.isSuccess && asked ? `${plural(first?.total ?? 0, 'passage')}, the best first` : ''}
          </p>
        </search>
        {hits.isError ? (
          <ErrorState error={hits.error} title="The search failed" onRetry={() => void hits.refetch()} />
        ) : null}
        {asked && hits.isPending ? <HitSkeletons /> : null}
        {asked && hits.isSuccess ? (
          found.length > 0 ? (
            <ol
              aria-label="Passages found"
              onKeyDown={stepThroughHits}
              className={cn('transition-opacity', hits.isPlaceholderData && 'opacity-60')}
            >
              {found.map((hit) => (
                <Hit
                  key={hit.passage.id}
                  hit={hit}
                  query={search.q ?? ''}
                  active={search.passage === hit.passage.id}
                />
              ))}
            </ol>
          ) : narrowed ? (
            <EmptyState icon={<SearchX />} title="Nothing was found in what you chose">
              Clear a filter to search in more documents.
            </EmptyState>
          ) : (
            <EmptyState icon={<SearchX />} title="Nothing was found">
              No passage has these words or says something close to them. Documents still being read are
              searched once they are ready.
            </EmptyState>
          )
        ) : null}
        {hits.hasNextPage && !hits.isPlaceholderData ? (
          <LoadMore busy={hits.isFetchingNextPage} onVisible={() => void hits.fetchNextPage()} />
        ) : null}
        {asked ? null : (
          <EmptyState icon={<TextSearch />} title="Search by words and by meaning">
            Every passage is found by the words in it and by what it says, both at once, so “how long do we
            keep files” finds a paragraph on retention. Press Enter on a result to read it at its place.
          </EmptyState>
        )}
      </Page>
      <DropZone into="Library" />
    </>
  )
}

function HitSkeletons() {
  return (
    <div role="status" aria-label="Searching" className="max-w-180">
      {[0, 1, 2, 3].map((row) => (
        <div key={row} className="space-y-2.5 border-b py-4">
          <Skeleton className="w-1/3" />
          <Skeleton className="w-full" />
          <Skeleton className="w-3/4" />
        </div>
      ))}
    </div>
  )
}

/** The arrow keys go from the words to the first passage and from passage to passage. */
function stepThroughHits(event: KeyboardEvent<HTMLElement>) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  // A choice among options has arrow keys of its own.
  if (step === undefined || (event.target as HTMLElement).tagName === 'SELECT') return
  const hits = [...document.querySelectorAll<HTMLElement>('[data-hit]')]
  const at = hits.findIndex((hit) => hit.matches(':focus'))
  const next =
    hits[at + step] ?? (at === 0 ? document.querySelector<HTMLElement>('[data-page-search]') : null)
  if (at === -1 && step === -1) return
  if (!next) return
  event.preventDefault()
  next.focus()
}
