import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef } from 'react'
import type { KnowledgeDocument, Passage } from '../../app/api-types.ts'
import { cn } from '../../ui/cn.ts'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { passageQuery, passagesQuery } from './queries.ts'

/** The document as it was read: its passages in order, those in view only. `passageId` is scrolled to and marked. */
export function PassageList({
  document,
  passageId,
}: {
  document: KnowledgeDocument
  passageId: string | undefined
}) {
  const list = useRef<HTMLDivElement>(null)
  const query = useInfiniteQuery(passagesQuery(document.id))
  const { data: passages = [], hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = query
  const wanted = useQuery({ ...passageQuery(passageId ?? ''), enabled: passageId !== undefined })
  const wantedIndex = passageId === undefined ? -1 : passages.findIndex((passage) => passage.id === passageId)
  const scrolledTo = useRef<string | null>(null)

  const virtualizer = useVirtualizer({
    count: passages.length + (hasNextPage ? 1 : 0),
    getScrollElement: () => list.current?.closest<HTMLElement>('[data-page-scroll]') ?? null,
    estimateSize: (index) => 56 + Math.ceil((passages[index]?.text.length ?? 200) / 95) * 24,
    overscan: 4,
    scrollMargin: list.current?.offsetTop ?? 0,
    getItemKey: (index) => passages[index]?.id ?? 'next',
  })
  const items = virtualizer.getVirtualItems()
  const lastIndex = items.at(-1)?.index ?? 0

  useEffect(() => {
    // The next page is needed when the end is in view, or when the passage asked for has not come yet.
    const missing = passageId !== undefined && wantedIndex === -1 && wanted.data?.documentId === document.id
    const atEnd = passages.length > 0 && lastIndex >= passages.length - 1
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError && (missing || atEnd))
      void fetchNextPage()
  }, [
    passageId,
    wantedIndex,
    wanted.data,
    document.id,
    passages.length,
    lastIndex,
    hasNextPage,
    isFetchingNextPage,
    isFetchNextPageError,
    fetchNextPage,
  ])

  useEffect(() => {
    if (wantedIndex === -1 || passageId === undefined || scrolledTo.current === passageId) return
    scrolledTo.current = passageId
    virtualizer.scrollToIndex(wantedIndex, { align: 'center' })
  }, [wantedIndex, passageId, virtualizer])

  if (query.isPending) return <PassageSkeletons />
  if (query.isError && passages.length === 0) {
    return (
      <ErrorState
        error={query.error}
        title="The passages could not be loaded"
        onRetry={() => void query.refetch()}
        className="mt-6"
      />
    )
  }
  return (
    <>
      {wanted.isError ? (
        <p role="status" className="mt-4 text-sm text-ink-2">
          The passage this link points to is not in the document any more; it was read again since.
        </p>
      ) : null}
      {/* biome-ignore lint/a11y/useSemanticElements: virtual rows are placed by transform, which a list element allows no better */}
      <div
        ref={list}
        role="list"
        aria-label="Passages"
        className="relative mt-2 max-w-[48rem]"
        style={{ height: virtualizer.getTotalSize() }}
      >
        {items.map((item) => {
          const passage = passages[item.index]
          return (
            // biome-ignore lint/a11y/useSemanticElements: see the list above
            <div
              key={item.key}
              ref={virtualizer.measureElement}
              data-index={item.index}
              role="listitem"
              aria-setsize={hasNextPage ? -1 : passages.length}
              aria-posinset={item.index + 1}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${item.start - virtualizer.options.scrollMargin}px)` }}
            >
              {passage ? (
                <PassageRow
                  passage={passage}
                  previous={passages[item.index - 1]}
                  marked={passage.id === passageId}
                />
              ) : isFetchNextPageError ? (
                <ErrorState
                  error={query.error}
                  title="The rest could not be loaded"
                  onRetry={() => void fetchNextPage()}
                  className="my-4"
                />
              ) : (
                <PassageSkeletons />
              )}
            </div>
          )
        })}
      </div>
    </>
  )
}

function PassageRow({
  passage,
  previous,
  marked,
}: {
  passage: Passage
  previous: Passage | undefined
  marked: boolean
}) {
  const newPage = passage.page !== null && passage.page !== previous?.page
  const newHeading = passage.heading !== null && passage.heading !== previous?.heading
  return (
    <article
      aria-current={marked || undefined}
      className={cn(
        'grid grid-cols-[4.5rem_minmax(0,68ch)] gap-x-4 border-b py-4 max-md:grid-cols-1 max-md:gap-y-1',
        marked && 'row-bleed row-chosen',
      )}
    >
      <div className="text-xs text-ink-3 max-md:flex max-md:gap-3">
        <Link
          to="/knowledge/$documentId"
          params={{ documentId: passage.documentId }}
          search={{ passage: passage.id }}
          replace
          aria-label={`Link to passage ${passage.ordinal + 1}`}
          className="rounded-sm font-mono leading-6 hover:text-ink hover:underline"
        >
          {passage.ordinal + 1}
        </Link>
        {newPage ? <p className="leading-6 md:leading-4">page {passage.page}</p> : null}
      </div>
      <div className="min-w-0">
        {newHeading ? <h2 className="mb-1 font-semibold">{passage.heading}</h2> : null}
        <p className="leading-6 break-words whitespace-pre-line">{withoutHeading(passage)}</p>
      </div>
    </article>
  )
}

/** A passage often begins with its own heading, which stands above it already. */
function withoutHeading({ text, heading }: Passage): string {
  const own = heading?.split(' › ').at(-1)
  return own && text.startsWith(`${own}\n`) ? text.slice(own.length).trimStart() : text
}

function PassageSkeletons() {
  return (
    <div role="status" aria-label="Loading passages">
      {[0, 1, 2, 3].map((row) => (
        <div key={row} className="grid grid-cols-[4.5rem_minmax(0,68ch)] gap-x-4 border-b py-4">
          <Skeleton className="w-6" />
          <div className="space-y-2.5">
            <Skeleton className="w-full" />
            <Skeleton className="w-11/12" />
            <Skeleton className="w-2/3" />
          </div>
        </div>
      ))}
    </div>
  )
}
