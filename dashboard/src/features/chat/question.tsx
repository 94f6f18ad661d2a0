import { Pencil } from 'lucide-react'
import { useLayoutEffect, useRef, useState } from 'react'
import type { Message } from '../../app/api-types.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Tooltip } from '../../ui/tooltip.tsx'
import { BranchArrows } from './branch-arrows.tsx'

/** What was asked, with the way to ask it differently. The line below it keeps its height, so nothing moves. */
export function Question({
  question,
  editing,
  busy,
  onEdit,
  onSend,
  onChoose,
}: {
  question: Message
  editing: boolean
  /** An answer is being written: the branches stay as they are until it is there. */
  busy: boolean
  onEdit: (editing: boolean) => void
  onSend: (content: string) => void
  onChoose: (message: Message, siblingId: string) => void
}) {
  if (editing) return <EditQuestion question={question} onCancel={() => onEdit(false)} onSend={onSend} />
  return (
    <div className="group/question flex flex-col items-end">
      <div className="max-w-[85%] rounded-md bg-hover px-4 py-2.5 text-[0.9375rem] leading-6 break-words whitespace-pre-wrap">
        <h2 className="sr-only">You asked</h2>
        {question.content}
      </div>
      <div className="mt-1 flex h-7 items-center max-md:h-9">
        <div className="flex opacity-0 transition-opacity group-focus-within/question:opacity-100 group-hover/question:opacity-100 pointer-coarse:opacity-100">
          <CopyButton value={question.content} label="Copy the question" />
          <Tooltip label="Edit the question">
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label="Edit the question"
              disabled={busy}
              onClick={() => onEdit(true)}
            >
              <Pencil />
            </Button>
          </Tooltip>
        </div>
        <BranchArrows message={question} what="question" disabled={busy} onChoose={onChoose} />
      </div>
    </div>
  )
}

function EditQuestion({
  question,
  onCancel,
  onSend,
}: {
  question: Message
  onCancel: () => void
  onSend: (content: string) => void
}) {
  const [text, setText] = useState(question.content)
  const box = useRef<HTMLTextAreaElement>(null)
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    element.style.height = '0'
    element.style.height = `${text === '' ? 28 : element.scrollHeight}px`
  }, [text])
  useLayoutEffect(() => {
    const element = box.current
    element?.focus()
    element?.setSelectionRange(element.value.length, element.value.length)
  }, [])
  const send = (): void => {
    if (text.trim() !== '') onSend(text.trim())
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
      className="rounded-md border border-field bg-raised focus-within:border-accent focus-within:ring-2 focus-within:ring-accent/25"
    >
      <textarea
        ref={box}
        rows={1}
        aria-label="Edit the question"
        value={text}
        maxLength={32_000}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
            event.preventDefault()
            send()
          } else if (event.key === 'Escape') {
            event.preventDefault()
            onCancel()
          }
        }}
        className="scroll-quiet mx-4 mt-2.5 block max-h-80 w-[calc(100%-2rem)] resize-none bg-transparent text-[0.9375rem] leading-6 outline-none max-md:text-md"
      />
      <div className="flex items-center justify-end gap-2 p-2">
        <p className="mr-auto pl-2 text-xs text-pretty text-ink-3">The question as it was stays beside it.</p>
        <Button size="sm" onClick={onCancel}>
          Cancel
        </Button>
        <Button size="sm" type="submit" variant="primary" disabled={text.trim() === ''}>
          Send
        </Button>
      </div>
    </form>
  )
}
