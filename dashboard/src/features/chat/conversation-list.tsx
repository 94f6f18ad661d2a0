import { useInfiniteQuery } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import type { Conversation } from '../../app/api-types.ts'
import { useUrlText } from '../../app/debounced.ts'
import { usePhone } from '../../app/media-query.ts'
import { useHiddenIds } from '../../app/undoable-delete.ts'
import { SearchInput } from '../../ui/input.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { ConversationRow } from './conversation-row.tsx'
import { conversationsQuery } from './queries.ts'

type Item = { heading: string } | { conversation: Conversation }

/** The organization's conversations by day, searchable; the rows in view only. */
export function ConversationList({ openId, onOpen }: { openId: string | undefined; onOpen?: () => void }) {
  const [q, setQ] = useState('')
  const [typed, type] = useUrlText(q, setQ)
  const hidden = useHiddenIds()
  const query = useInfiniteQuery(conversationsQuery(q.trim()))
  const items = useMemo(
    () => grouped((query.data ?? []).filter((conversation) => !hidden.has(conversation.id))),
    [query.data, hidden],
  )
  const phone = usePhone()
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (phone ? 44 : 34),
    overscan: 10,
  })
  const rows = virtualizer.getVirtualItems()
  const atEnd = (rows.at(-1)?.index ?? 0) >= items.length - 5
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query
  useEffect(() => {
    if (atEnd && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [atEnd, hasNextPage, isFetchingNextPage, fetchNextPage])

  return (
    <>
      <div className="px-3 pb-2">
        <SearchInput label="Search conversations" value={typed} onChange={type} />
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls of a form */}
      <div
        ref={scroller}
        onKeyDown={moveBetweenLinks}
        role="group"
        aria-label="Conversations"
        className="scroll-quiet min-h-0 flex-1 overflow-y-auto px-3 pb-3"
      >
        {query.isPending ? <ListSkeleton /> : null}
        {query.isError ? (
          <ErrorState
            error={query.error}
            title="The conversations could not be loaded"
            onRetry={() => void query.refetch()}
            className="mt-2"
          />
        ) : null}
        {query.isSuccess && items.length === 0 ? (
          <p className="px-2 py-3 text-sm text-pretty text-ink-3">
            {q.trim() ? 'No conversation has these words.' : 'What you ask is kept here.'}
          </p>
        ) : null}
        <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {rows.map((row) => {
            const item = items[row.index]
            if (!item) return null
            return (
              <div
                key={'heading' in item ? item.heading : item.conversation.id}
                className="absolute inset-x-0 top-0"
                style={{ height: row.size, transform: `translateY(${row.start}px)` }}
              >
                {'heading' in item ? (
                  <h2 className="px-2 pt-3 text-xs text-ink-3">{item.heading}</h2>
                ) : (
                  <ConversationRow
                    conversation={item.conversation}
                    open={item.conversation.id === openId}
                    {...(onOpen ? { onOpen } : {})}
                  />
                )}
              </div>
            )
          })}
        </div>
      </div>
    </>
  )
}

function grouped(conversations: Conversation[]): Item[] {
  const midnight = new Date()
  midnight.setHours(0, 0, 0, 0)
  const dayMs = 86_400_000
  const headingOf = (conversation: Conversation): string => {
    const age = midnight.getTime() - new Date(conversation.updatedAt).getTime()
    if (age <= 0) return 'Today'
    if (age <= dayMs) return 'Yesterday'
    if (age <= 7 * dayMs) return 'The last seven days'
    if (age <= 30 * dayMs) return 'The last thirty days'
    return 'Earlier'
  }
  const items: Item[] = []
  let last = ''
  for (const conversation of conversations) {
    const heading = headingOf(conversation)
    if (heading !== last) items.push({ heading })
    last = heading
    items.push({ conversation })
  }
  return items
}

function moveBetweenLinks(event: KeyboardEvent<HTMLElement>): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
  if (step === 0 || !(event.target instanceof HTMLAnchorElement)) return
  const links = [...event.currentTarget.querySelectorAll('a')]
  const next = links[links.indexOf(event.target) + step]
  if (!next) return
  event.preventDefault()
  next.focus()
}

function ListSkeleton() {
  return (
    <div role="status" aria-label="Loading conversations" className="space-y-4 px-2 pt-4">
      {['w-4/5', 'w-3/5', 'w-full', 'w-2/3', 'w-4/5', 'w-1/2'].map((width, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholder rows never move
        <Skeleton key={row} className={width} />
      ))}
    </div>
  )
}
