import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ArrowUpRight } from 'lucide-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Inspector } from '../../ui/inspector.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { HighlightQuote, HighlightWords } from './highlight.tsx'
import { placeOf } from './place.ts'
import { passageQuery } from './queries.ts'

/** A passage at its place: what stands before it, the passage with the quoted words marked, what follows. */
export function PassageInspector({
  passageId,
  quote,
  words,
  actions,
  onClose,
}: {
  passageId: string
  /** The stretch to mark. */
  quote?: string | undefined
  /** Or single words to mark. */
  words?: string | undefined
  actions?: ReactNode
  onClose: () => void
}) {
  const passage = useQuery(passageQuery(passageId))
  const text = useRef<HTMLDivElement>(null)
  const { data } = passage

  useEffect(() => {
    // The passage, and not what stands before it, is what was asked for. The mark inside may be far down in it.
    const target = text.current?.querySelector('mark') ?? text.current
    const scroller = text.current?.closest<HTMLElement>('[data-scroll-region]')
    if (!data || !target || !scroller) return
    const top = target.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop
    scroller.scrollTop = top - scroller.clientHeight / 3
  }, [data])

  return (
    <Inspector
      title={data?.documentName ?? 'Passage'}
      subtitle={data ? placeOf(data) : <Skeleton className="h-3 w-32" />}
      actions={actions}
      onClose={onClose}
    >
      {passage.isError ? (
        <ErrorState
          error={passage.error}
          title="This passage could not be opened"
          onRetry={() => void passage.refetch()}
          className="m-5"
        />
      ) : null}
      {passage.isPending ? (
        <div className="space-y-2.5 p-5" role="status" aria-label="Loading the passage">
          {['w-full', 'w-11/12', 'w-full', 'w-4/5', 'w-full', 'w-2/3'].map((width, line) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: placeholder lines never move
            <Skeleton key={line} className={width} />
          ))}
        </div>
      ) : null}
      {data ? (
        <div className="flex min-h-full flex-col">
          <div className="flex-1 px-5 py-4 text-base leading-6 break-words whitespace-pre-line">
            {data.before.trim() ? <p className="text-ink-3">… {data.before.trim()}</p> : null}
            <div ref={text} className="my-3 border-l-2 border-accent pl-4">
              {words ? (
                <HighlightWords text={data.text} query={words} />
              ) : (
                <HighlightQuote text={data.text} quote={quote} />
              )}
            </div>
            {data.after.trim() ? <p className="text-ink-3">{data.after.trim()} …</p> : null}
          </div>
          <div className="sticky bottom-0 flex items-center gap-2 border-t bg-raised px-5 py-3">
            <Button asChild size="sm">
              <Link
                to="/knowledge/$documentId"
                params={{ documentId: data.documentId }}
                search={{ passage: data.id }}
              >
                Open the document here <ArrowUpRight />
              </Link>
            </Button>
            <CopyButton value={data.text} label="Copy the passage" withText className="border-transparent" />
          </div>
        </div>
      ) : null}
    </Inspector>
  )
}
