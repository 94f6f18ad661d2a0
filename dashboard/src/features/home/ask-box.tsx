import { useNavigate } from '@tanstack/react-router'
import { ArrowRight } from 'lucide-react'
import { useState } from 'react'
import { handOverQuestion } from '../../app/handed-question.ts'
import { Button } from '../../ui/button.tsx'

/** Starts a conversation from home: the question goes along and is sent there. */
export function AskBox() {
  const [text, setText] = useState('')
  const navigate = useNavigate()
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (text.trim() === '') return
        handOverQuestion(text.trim())
        void navigate({ to: '/chat/{-$conversationId}', params: { conversationId: undefined } })
      }}
      className="mt-5 flex max-w-180 items-center rounded-md border border-field bg-raised pr-1.5 transition-shadow focus-within:border-accent focus-within:ring-2 focus-within:ring-accent/25"
    >
      <input
        value={text}
        onChange={(event) => setText(event.target.value)}
        aria-label="Ask your documents"
        placeholder="Ask your documents"
        maxLength={32_000}
        data-page-search
        className="h-12 min-w-0 flex-1 bg-transparent px-4 text-md outline-none"
      />
      <Button type="submit" variant="ghost" size="icon" aria-label="Ask" disabled={text.trim() === ''}>
        <ArrowRight />
      </Button>
    </form>
  )
}
