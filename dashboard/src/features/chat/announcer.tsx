import { useEffect, useRef, useState } from 'react'
import type { Message } from '../../app/api-types.ts'
import type { TurnPhase } from './turn.tsx'

/** Tells a screen reader that an answer began and, once, what it says: not every word as it arrives. */
export function Announcer({ phase, answer }: { phase: TurnPhase | 'idle'; answer: Message | null }) {
  const [text, setText] = useState('')
  const before = useRef(phase)
  useEffect(() => {
    const previous = before.current
    before.current = phase
    if (previous === phase) return
    if (phase === 'sending') setText('Question sent. Searching your documents.')
    else if (phase === 'reconnecting') setText('Connection lost. Reconnecting.')
    else if (phase === 'settled' && previous !== 'idle' && answer) {
      const words = answer.content.replace(/\[\d+\]/g, '').replace(/[*_#`>|]/g, '')
      const ending = answer.status === 'complete' ? 'Answer complete.' : 'The answer is not complete.'
      setText(`${ending} ${words.length > 700 ? `${words.slice(0, 700)}… The rest is on the page.` : words}`)
    }
  }, [phase, answer])
  return (
    <div role="status" className="sr-only">
      {text}
    </div>
  )
}
