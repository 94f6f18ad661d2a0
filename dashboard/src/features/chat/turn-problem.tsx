import { RotateCcw } from 'lucide-react'
import type { Message } from '../../app/api-types.ts'
import { Button } from '../../ui/button.tsx'

const titles: Partial<Record<Message['status'], string>> = {
  failed: 'The answer failed',
  interrupted: 'The answer was interrupted',
}

/** Why an answer is not whole, and the way to ask again. A stopped one needs no reason: who stopped it knows. */
export function TurnProblem({ answer, onAskAgain }: { answer: Message; onAskAgain: () => void }) {
  if (answer.status === 'stopped') {
    return <p className="mt-3 text-sm text-ink-3">Stopped.</p>
  }
  const title = titles[answer.status]
  if (!title) return null
  const reason =
    answer.error?.message ??
    (answer.status === 'interrupted'
      ? 'The server stopped while it was being written.'
      : 'The model gave no reason.')
  return (
    <div className="mt-3 border-l-2 border-red py-0.5 pl-4">
      <p className="font-medium">{title}</p>
      <p className="text-sm text-pretty text-ink-2">
        {reason}
        {answer.content ? ' What had been written is kept.' : ''}
      </p>
      <Button size="sm" className="mt-2.5" onClick={onAskAgain}>
        <RotateCcw /> Ask again
      </Button>
    </div>
  )
}
