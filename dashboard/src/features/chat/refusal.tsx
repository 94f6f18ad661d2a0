import { RotateCcw, X } from 'lucide-react'
import { Button } from '../../ui/button.tsx'
import { ErrorState } from '../../ui/states.tsx'
import type { LiveAnswer } from './live-answer.ts'

/** The server did not take the question (budget, limit, model gone, no connection): its reason, and both ways on. */
export function Refusal({
  live,
  onAskAgain,
  onDismiss,
}: {
  live: LiveAnswer
  onAskAgain: () => void
  onDismiss: () => void
}) {
  return (
    <div className="mt-5">
      <ErrorState error={live.refusal} title="The question was not taken" />
      <div className="mt-3 flex gap-2 pl-4.5">
        <Button size="sm" onClick={onAskAgain}>
          <RotateCcw /> Ask again
        </Button>
        <Button size="sm" variant="ghost" onClick={onDismiss}>
          <X /> Take it back
        </Button>
      </div>
    </div>
  )
}
