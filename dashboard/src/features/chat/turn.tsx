import { Check, Copy, FileSearch, RotateCcw, WifiOff } from 'lucide-react'
import { lazy, memo, Suspense, useMemo } from 'react'
import type { Citation, Message } from '../../app/api-types.ts'
import { plural } from '../../app/format.ts'
import { Button } from '../../ui/button.tsx'
import { useCopied } from '../../ui/copy.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Tooltip } from '../../ui/tooltip.tsx'
import { BranchArrows } from './branch-arrows.tsx'
import { CitationContext } from './citation-context.ts'
import { Question } from './question.tsx'
import { ReceiptLine } from './receipt-line.tsx'
import { TurnProblem } from './turn-problem.tsx'

const AnswerText = lazy(() => import('./answer-text.tsx'))

export type TurnPhase = 'settled' | 'sending' | 'answering' | 'reconnecting'

export interface TurnProps {
  question: Message
  answer: Message | null
  phase: TurnPhase
  /** The question is being edited. */
  editing: boolean
  /** An answer of the conversation is being written. */
  busy: boolean
  openPassageId: string | undefined
  onOpenCitation: (citation: Citation, mark: HTMLElement) => void
  onEdit: (questionId: string | null) => void
  onSendEdit: (question: Message, content: string) => void
  onRegenerate: (question: Message, answer: Message) => void
  onChoose: (message: Message, siblingId: string) => void
}

/** A question and its answer. Everything above and below the text keeps its height, so the text never moves. */
export const Turn = memo(function Turn({
  question,
  answer,
  phase,
  editing,
  busy,
  openPassageId,
  onOpenCitation,
  onEdit,
  onSendEdit,
  onRegenerate,
  onChoose,
}: TurnProps) {
  const citations = answer?.citations ?? []
  const live = phase !== 'settled'
  const context = useMemo(
    () => ({ citations, openPassageId, open: onOpenCitation }),
    [citations, openPassageId, onOpenCitation],
  )
  return (
    <CitationContext value={context}>
      <Question
        question={question}
        editing={editing}
        busy={busy}
        onEdit={(now) => onEdit(now ? question.id : null)}
        onSend={(content) => onSendEdit(question, content)}
        onChoose={onChoose}
      />
      <div className="mt-2">
        <h2 className="sr-only">Answer</h2>
        <WhatWasRead answer={answer} phase={phase} />
        {answer && answer.content !== '' ? (
          <Suspense fallback={<AnswerSkeleton />}>
            <AnswerText key={answer.id} text={answer.content} streaming={live} />
          </Suspense>
        ) : live ? (
          <AnswerSkeleton />
        ) : null}
        {answer && !live ? (
          <TurnProblem answer={answer} onAskAgain={() => onRegenerate(question, answer)} />
        ) : null}
        <div className="mt-2 flex min-h-8 items-center gap-1">
          {phase === 'reconnecting' ? (
            <p className="flex items-center gap-2 text-sm text-amber">
              <WifiOff className="size-4" aria-hidden /> Connection lost. Reconnecting; the answer goes on
              where it stopped.
            </p>
          ) : null}
          {answer && !live ? (
            <>
              {answer.content ? <CopyAnswer text={answer.content} /> : null}
              {answer.status !== 'failed' && answer.status !== 'interrupted' ? (
                <Tooltip label="Write it again">
                  <Button
                    variant="ghost"
                    size="icon-sm"
                    aria-label="Write the answer again"
                    disabled={busy}
                    onClick={() => onRegenerate(question, answer)}
                  >
                    <RotateCcw />
                  </Button>
                </Tooltip>
              ) : null}
              <BranchArrows message={answer} what="answer" disabled={busy} onChoose={onChoose} />
              {answer.receipt ? (
                <div className="ml-1 min-w-0">
                  <ReceiptLine receipt={answer.receipt} />
                </div>
              ) : null}
            </>
          ) : null}
        </div>
      </div>
    </CitationContext>
  )
})

/** One line over the answer: what is being done, then what was found. */
function WhatWasRead({ answer, phase }: { answer: Message | null; phase: TurnPhase }) {
  const passages = answer?.citations.length ?? 0
  const documents = new Set(answer?.citations.map((citation) => citation.documentId)).size
  const searching = passages === 0 && phase !== 'settled' && !answer?.content
  // An answer that failed before anything was found has nothing to say about what was found.
  if (phase === 'settled' && passages === 0 && answer?.status !== 'complete') return null
  return (
    <p className="mb-2 flex h-5 items-center gap-2 text-xs text-ink-3">
      <FileSearch className="size-3.5" aria-hidden />
      {searching
        ? 'Searching your documents'
        : passages > 0
          ? `${plural(passages, 'passage')} from ${plural(documents, 'document')}`
          : 'No passage was found for this'}
    </p>
  )
}

function CopyAnswer({ text }: { text: string }) {
  const [copied, copy] = useCopied()
  return (
    <Tooltip label={copied ? 'Copied' : 'Copy the answer'}>
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label={copied ? 'Copied' : 'Copy the answer'}
        className="-ml-1.5"
        onClick={() => copy(text)}
      >
        {copied ? <Check className="text-accent-ink" /> : <Copy />}
      </Button>
    </Tooltip>
  )
}

function AnswerSkeleton() {
  return (
    <div className="space-y-3 py-1.5" aria-hidden>
      <Skeleton className="h-3.5 w-11/12" />
      <Skeleton className="h-3.5 w-full" />
      <Skeleton className="h-3.5 w-3/5" />
    </div>
  )
}
