import { ChevronLeft, ChevronRight } from 'lucide-react'
import type { Citation } from '../../app/api-types.ts'
import { Button } from '../../ui/button.tsx'
import { PassageInspector } from '../knowledge/passage-inspector.tsx'
import type { TurnData } from './turns.ts'

/** The passage of a mark, with the way to the answer's other sources. */
export function CitedPassage({
  passageId,
  turns,
  onOpen,
  onClose,
}: {
  passageId: string
  turns: TurnData[]
  onOpen: (citation: Citation) => void
  onClose: () => void
}) {
  // The newest answer that stands on it: that is the one being read.
  const citations =
    turns.findLast((turn) => turn.answer?.citations.some((citation) => citation.passageId === passageId))
      ?.answer?.citations ?? []
  const index = citations.findIndex((citation) => citation.passageId === passageId)
  const citation = citations[index]
  const previous = citations[index - 1]
  const next = index === -1 ? undefined : citations[index + 1]
  return (
    <PassageInspector
      // The panel stays while the reader goes from source to source; only its content changes.
      passageId={passageId}
      quote={citation?.quote}
      onClose={onClose}
      actions={
        citation && citations.length > 1 ? (
          <div className="flex items-center">
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label="Previous source"
              disabled={!previous}
              onClick={() => previous && onOpen(previous)}
            >
              <ChevronLeft />
            </Button>
            <span className="font-mono text-xs text-ink-3">
              <span className="sr-only">Source </span>
              {index + 1}/{citations.length}
            </span>
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label="Next source"
              disabled={!next}
              onClick={() => next && onOpen(next)}
            >
              <ChevronRight />
            </Button>
          </div>
        ) : null
      }
    />
  )
}
