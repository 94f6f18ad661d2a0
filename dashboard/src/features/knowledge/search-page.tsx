import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { SearchX, TextSearch } from 'lucide-react'
import { useCallback } from 'react'
import type { SearchHit } from '../../app/api-types.ts'
import { useUrlText } from '../../app/debounced.ts'
import { plural } from '../../app/format.ts'
import { cn } from '../../ui/cn.ts'
import { SearchInput } from '../../ui/input.tsx'
import { Page, useTitle } from '../../ui/page.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { DropZone } from './drop-zone.tsx'
import { HighlightWords } from './highlight.tsx'
import { KnowledgeHeader } from './knowledge-header.tsx'
import { PassageInspector } from './passage-inspector.tsx'
import { placeOf } from './place.ts'
import { searchQuery } from './queries.ts'
import { UploadList } from './upload-list.tsx'

const route = getRouteApi('/app/knowledge/search')

export function SearchPage() {
  useTitle('Search')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const setQ = useCallback(
    (q: string) => void navigate({ search: q.trim() ? { q: q.trim() } : {}, replace: true }),
    [navigate],
  )
  const [q, typeQ] = useUrlText(search.q ?? '', setQ, 350)
  const hits = useQuery(searchQuery(search.q ?? ''))
  const asked = search.q !== undefined

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
        <search className="block pt-5">
          <SearchInput
            label="Search inside all documents"
            placeholder="Words, or a question in your own words"
            data-page-search
            autoFocus
            value={q}
            onChange={typeQ}
            className="max-w-160 [&_input]:h-10"
          />
          <p className="mt-2 h-5 text-sm text-ink-3" role="status">
            {hits.isSuccess && asked ? `${plural(hits.data.length, 'passage')}, the best first` : ''}
          </p>
        </search>
        {hits.isError ? (
          <ErrorState error={hits.error} title="The search failed" onRetry={() => void hits.refetch()} />
        ) : null}
        {asked && hits.isPending ? <HitSkeletons /> : null}
        {asked && hits.isSuccess ? (
          hits.data.length > 0 ? (
            <ol
              aria-label="Passages found"
              className={cn('transition-opacity', hits.isPlaceholderData && 'opacity-60')}
            >
              {hits.data.map((hit) => (
                <Hit
                  key={hit.passage.id}
                  hit={hit}
                  query={search.q ?? ''}
                  active={search.passage === hit.passage.id}
                />
              ))}
            </ol>
          ) : (
            <EmptyState icon={<SearchX />} title="Nothing was found">
              No passage has these words or says something close to them. Documents still being read are
              searched once they are ready.
            </EmptyState>
          )
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

function Hit({ hit, query, active }: { hit: SearchHit; query: string; active: boolean }) {
  const { passage } = hit
  const place = placeOf(passage)
  return (
    <li
      className={cn(
        'row-bleed relative max-w-180 border-b py-4 transition-colors',
        active ? 'row-chosen' : 'hover:row-quiet',
      )}
    >
      <div className="flex items-baseline gap-2">
        <Link
          to="/knowledge/search"
          search={{ q: query, passage: passage.id }}
          className="min-w-0 truncate rounded-sm font-medium after:absolute after:inset-0 after:content-['']"
        >
          {passage.documentName}
        </Link>
        <span className="min-w-0 truncate text-sm text-ink-3">{place}</span>
      </div>
      <p className="mt-1 line-clamp-3 text-base leading-5.5 text-ink-2">
        <HighlightWords text={passage.text.replace(/\s+/g, ' ')} query={query} />
      </p>
      <p className="mt-1.5 text-xs text-ink-3">{whyFound(hit)}</p>
    </li>
  )
}

/** Which of the two searches found it, and how high. */
function whyFound({ textRank, vectorRank }: SearchHit): string {
  const parts = [
    textRank === null ? null : `No. ${textRank} by its words`,
    vectorRank === null ? null : `No. ${vectorRank} by its meaning`,
  ]
  return parts.filter((part) => part !== null).join(', ')
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
