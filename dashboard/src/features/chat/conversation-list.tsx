import { useInfiniteQuery } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { Archive, ArrowLeft } from 'lucide-react'
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import type { Conversation } from '../../app/api-types.ts'
import { useUrlText } from '../../app/debounced.ts'
import { usePhone } from '../../app/media-query.ts'
import { useHiddenIds } from '../../app/undoable-delete.ts'
import { Button } from '../../ui/button.tsx'
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
  const [archived, setArchived] = useState(false)
  const searching = q.trim() !== ''
  // A search finds everything, wherever it lies.
  const filter = searching
    ? ({ archived: 'any' } as const)
    : archived
      ? ({ archived: 'true' } as const)
      : ({ pinned: 'false' } as const)
  const query = useInfiniteQuery(conversationsQuery(q.trim(), filter))
  const pins = useInfiniteQuery({
    ...conversationsQuery('', { pinned: 'true' }),
    enabled: !searching && !archived,
  })
  const pinned = searching || archived ? undefined : pins.data
  const items = useMemo(() => {
    const shown = (conversations: Conversation[] = []) =>
      conversations.filter((conversation) => !hidden.has(conversation.id))
    const above = shown(pinned).map((conversation) => ({ conversation }))
    return [...(above.length > 0 ? [{ heading: 'Pinned' }, ...above] : []), ...grouped(shown(query.data))]
  }, [query.data, pinned, hidden])
  const phone = usePhone()
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => {
      const item = items[index]
      // What was found in a message has a second line.
      if (item && 'conversation' in item && item.conversation.match) return phone ? 56 : 52
      return phone ? 44 : 34
    },
    getItemKey: (index) => {
      const item = items[index]
      if (!item) return index
      return 'heading' in item ? item.heading : `${item.conversation.id} ${item.conversation.match !== null}`
    },
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
            {q.trim()
              ? 'No conversation has these words.'
              : archived
                ? 'Nothing is archived.'
                : 'What you ask is kept here.'}
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
      <div className="shrink-0 border-t px-3 py-2">
        <Button
          variant="ghost"
          size="sm"
          className="w-full justify-start"
          aria-pressed={archived}
          onClick={() => setArchived(!archived)}
        >
          {archived ? <ArrowLeft /> : <Archive />}
          {archived ? 'All conversations' : 'Archived'}
        </Button>
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
