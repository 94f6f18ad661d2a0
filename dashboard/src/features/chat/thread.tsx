import { ArrowDown } from 'lucide-react'
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Citation, Message } from '../../app/api-types.ts'
import { Button } from '../../ui/button.tsx'
import { Announcer } from './announcer.tsx'
import type { LiveAnswer } from './live-answer.ts'
import { Refusal } from './refusal.tsx'
import { Turn } from './turn.tsx'
import type { TurnData } from './turns.ts'

/**
 * The turns, scrolling. A new question goes to the top of the view and its answer grows below it into empty room, so
 * nothing that is being read moves. Only who goes to the end, by the button, is kept there while the text grows.
 */
export function Thread({
  turns,
  askedKey,
  openPassageId,
  onOpenCitation,
  editingId,
  onEdit,
  onSendEdit,
  onRegenerate,
  onChoose,
  onRetry,
  onDismiss,
  empty,
}: {
  turns: TurnData[]
  /** The turn asked on this page: it gets the room of a whole view. */
  askedKey: string | null
  openPassageId: string | undefined
  onOpenCitation: (citation: Citation) => void
  /** The question that is being edited. */
  editingId: string | null
  onEdit: (questionId: string | null) => void
  onSendEdit: (question: Message, content: string) => void
  onRegenerate: (question: Message, answer: Message) => void
  onChoose: (message: Message, siblingId: string) => void
  onRetry: (live: LiveAnswer) => void
  onDismiss: (key: string) => void
  empty: ReactNode
}) {
  const scroller = useRef<HTMLDivElement>(null)
  const end = useRef<HTMLDivElement>(null)
  const following = useRef(false)
  const anchor = useRef<{ element: HTMLElement; top: number } | null>(null)
  const [endHidden, setEndHidden] = useState(false)
  const lastTurn = turns.at(-1)
  const live = lastTurn !== undefined && lastTurn.phase !== 'settled'
  const length = lastTurn?.answer?.content.length ?? 0

  // A conversation opens at its end.
  const shown = useRef(false)
  useLayoutEffect(() => {
    if (shown.current || turns.length === 0 || !scroller.current) return
    shown.current = true
    scroller.current.scrollTop = scroller.current.scrollHeight
  }, [turns.length])

  // What was just asked goes to the top.
  useLayoutEffect(() => {
    following.current = false
    if (askedKey === null || !scroller.current) return
    const turn = scroller.current.querySelector(`[data-turn="${askedKey}"]`)
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches
    turn?.scrollIntoView({ block: 'start', behavior: still ? 'auto' : 'smooth' })
  }, [askedKey])

  useLayoutEffect(() => {
    if (following.current && length > 0) end.current?.scrollIntoView({ block: 'end' })
  }, [length])

  // biome-ignore lint/correctness/useExhaustiveDependencies: the end is another element in another turn
  useEffect(() => {
    const element = end.current
    if (!element || !scroller.current) return
    const observer = new IntersectionObserver(
      ([entry]) =>
        setEndHidden(entry !== undefined && !entry.isIntersecting && entry.boundingClientRect.top > 0),
      { root: scroller.current, rootMargin: '0px 0px 24px 0px' },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [lastTurn?.key])

  // Opening a passage makes the column narrower and breaks its lines anew: the mark that was pressed stays in place.
  const openCitation = useCallback(
    (citation: Citation, mark: HTMLElement) => {
      anchor.current = { element: mark, top: mark.getBoundingClientRect().top }
      onOpenCitation(citation)
    },
    [onOpenCitation],
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the inspector came or went
  useLayoutEffect(() => {
    const held = anchor.current
    if (held?.element.isConnected && scroller.current) {
      scroller.current.scrollTop += held.element.getBoundingClientRect().top - held.top
    }
    anchor.current = null
  }, [openPassageId])

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        role="log"
        aria-label="Conversation"
        aria-live="off"
        onWheel={(event) => {
          if (event.deltaY < 0) following.current = false
        }}
        onTouchMove={() => {
          following.current = false
        }}
        className="scroll-quiet h-full overflow-y-auto outline-none"
      >
        {turns.length === 0 ? (
          empty
        ) : (
          <div className="mx-auto max-w-180 px-4 md:px-6">
            {turns.map((turn, index) => {
              const last = index === turns.length - 1
              return (
                <section
                  key={turn.key}
                  data-turn={turn.key}
                  aria-label={`Question ${index + 1}`}
                  className="scroll-mt-2 pt-6 pb-4"
                  style={
                    turn.key === askedKey && last ? { minHeight: scroller.current?.clientHeight } : undefined
                  }
                >
                  <Turn
                    question={turn.question}
                    answer={turn.answer}
                    phase={turn.live?.phase === 'failed' ? 'settled' : turn.phase}
                    editing={editingId === turn.question.id}
                    busy={live || lastTurn?.live?.phase === 'failed'}
                    openPassageId={openPassageId}
                    onOpenCitation={openCitation}
                    onEdit={onEdit}
                    onSendEdit={onSendEdit}
                    onRegenerate={onRegenerate}
                    onChoose={onChoose}
                  />
                  {turn.live?.phase === 'failed' ? (
                    <Refusal
                      live={turn.live}
                      onAskAgain={() => turn.live && onRetry(turn.live)}
                      onDismiss={() => onDismiss(turn.live?.key ?? '')}
                    />
                  ) : null}
                  {last ? <div ref={end} aria-hidden /> : null}
                </section>
              )
            })}
          </div>
        )}
      </div>
      {endHidden && turns.length > 0 ? (
        <Button
          size="sm"
          className="animate-float absolute bottom-2 left-1/2 -translate-x-1/2 shadow-float"
          onClick={() => {
            following.current = live
            end.current?.scrollIntoView({ block: 'end' })
          }}
        >
          <ArrowDown /> To the end
        </Button>
      ) : null}
      <Announcer phase={lastTurn?.phase ?? 'idle'} answer={lastTurn?.answer ?? null} />
    </div>
  )
}
