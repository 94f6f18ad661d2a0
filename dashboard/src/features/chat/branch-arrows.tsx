import { ChevronLeft, ChevronRight } from 'lucide-react'
import type { Message } from '../../app/api-types.ts'
import { Button } from '../../ui/button.tsx'

/** The way to what stands beside a message: the question as it was, the answer as it was first written. */
export function BranchArrows({
  message,
  what,
  disabled,
  onChoose,
}: {
  message: Message
  what: 'question' | 'answer'
  disabled: boolean
  onChoose: (message: Message, siblingId: string) => void
}) {
  const { siblingIds } = message
  const index = siblingIds.indexOf(message.id)
  if (siblingIds.length < 2 || index === -1) return null
  const step = (by: -1 | 1, label: string) => {
    const siblingId = siblingIds[index + by]
    return (
      <Button
        variant="ghost"
        size="icon-sm"
        className="w-6"
        aria-label={label}
        disabled={disabled || siblingId === undefined}
        onClick={() => siblingId !== undefined && onChoose(message, siblingId)}
      >
        {by === -1 ? <ChevronLeft /> : <ChevronRight />}
      </Button>
    )
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls of a form
    <div role="group" aria-label={`Versions of the ${what}`} className="flex items-center">
      {step(-1, `Previous ${what}`)}
      <span className="min-w-9 text-center font-mono text-xs text-ink-3 tabular-nums">
        {index + 1} / {siblingIds.length}
      </span>
      {step(1, `Next ${what}`)}
    </div>
  )
}
