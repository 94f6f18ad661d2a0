import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { MessageSquarePlus } from 'lucide-react'
import { lazy, Suspense, useCallback, useMemo } from 'react'
import { toast } from 'sonner'
import { api, FreeholdError, messageOf, take } from '../../app/api.ts'
import type { Citation } from '../../app/api-types.ts'
import { NotFound } from '../../app/route-states.tsx'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { CitationContext } from './citation-context.ts'
import { CitedPassage } from './cited-passage.tsx'
import { refreshConversations, sharedMessagesQuery, sharedQuery } from './queries.ts'
import { type TurnData, turnsOf } from './turns.ts'

const AnswerText = lazy(() => import('./answer-text.tsx'))
const route = getRouteApi('/app/shared/$shareId')

/** A conversation that a member shows: to read, and to go on with in a copy. */
export function SharedPage() {
  const { shareId } = route.useParams()
  const { passage } = route.useSearch()
  const navigate = route.useNavigate()
  const shared = useQuery(sharedQuery(shareId))
  const messages = useQuery(sharedMessagesQuery(shareId))
  useTitle(shared.data?.title ?? 'Shared conversation')
  const copy = useMutation({
    mutationFn: () =>
      take(api.POST('/api/v1/shared-conversations/{id}/copy', { params: { path: { id: shareId } } })),
    onSuccess: async ({ id }) => {
      void refreshConversations()
      await navigate({ to: '/chat/{-$conversationId}', params: { conversationId: id } })
    },
    onError: (error) => toast.error(messageOf(error)),
  })
  const turns = useMemo(() => turnsOf(messages.data ?? [], undefined), [messages.data])
  const open = useCallback(
    (citation: Citation) => void navigate({ search: { passage: citation.passageId }, replace: true }),
    [navigate],
  )
  const error = shared.error ?? messages.error
  if (error instanceof FreeholdError && error.status === 404) return <NotFound />
  return (
    <div className="flex h-full min-h-0">
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="flex min-h-12 shrink-0 items-center gap-3 border-b px-4 py-1.5 md:px-6">
          <div className="min-w-0 flex-1">
            {shared.data ? (
              <>
                <h1 className="truncate text-base font-semibold">{shared.data.title}</h1>
                <p className="truncate text-xs text-ink-3">
                  Shared by {shared.data.own ? 'you' : (shared.data.sharedBy ?? 'a machine')},{' '}
                  <Time value={shared.data.createdAt} />
                </p>
              </>
            ) : (
              <Skeleton className="w-48" />
            )}
          </div>
          <Button
            variant="primary"
            busy={copy.isPending}
            disabled={!shared.data}
            onClick={() => copy.mutate()}
          >
            <MessageSquarePlus /> Go on in a copy
          </Button>
        </header>
        {error ? (
          <div className="flex-1 p-6">
            <ErrorState
              error={error}
              title="The conversation could not be loaded"
              onRetry={() => void Promise.all([shared.refetch(), messages.refetch()])}
            />
          </div>
        ) : (
          <div
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
            tabIndex={0}
            role="log"
            aria-label="Conversation"
            aria-live="off"
            className="scroll-quiet min-h-0 flex-1 overflow-y-auto outline-none"
          >
            <div className="mx-auto max-w-180 px-4 pb-12 md:px-6">
              {messages.isPending ? (
                <div className="space-y-4 pt-6" role="status" aria-label="Loading the conversation">
                  <Skeleton className="ml-auto h-11 w-2/5 rounded-md" />
                  <Skeleton className="w-full" />
                  <Skeleton className="w-3/5" />
                </div>
              ) : null}
              {turns.map((turn) => (
                <SharedTurn key={turn.key} turn={turn} openPassageId={passage} onOpen={open} />
              ))}
              {turns.length > 0 ? (
                <p className="mt-6 border-t pt-4 text-sm text-ink-3">
                  The end of what was shared.{' '}
                  <Link
                    to="/chat/{-$conversationId}"
                    params={{ conversationId: undefined }}
                    className="text-accent-ink underline underline-offset-3"
                  >
                    Ask something else
                  </Link>
                </p>
              ) : null}
            </div>
          </div>
        )}
      </div>
      {passage ? (
        <CitedPassage
          passageId={passage}
          turns={turns}
          onOpen={open}
          onClose={() => void navigate({ search: {}, replace: true })}
        />
      ) : null}
    </div>
  )
}

function SharedTurn({
  turn,
  openPassageId,
  onOpen,
}: {
  turn: TurnData
  openPassageId: string | undefined
  onOpen: (citation: Citation) => void
}) {
  const { question, answer } = turn
  const context = useMemo(
    () => ({ citations: answer?.citations ?? [], openPassageId, open: onOpen }),
    [answer, openPassageId, onOpen],
  )
  return (
    <CitationContext value={context}>
      <section className="pt-6">
        <div className="flex justify-end">
          <div className="max-w-[85%] rounded-md bg-hover px-4 py-2.5 text-[0.9375rem] leading-6 break-words whitespace-pre-wrap">
            <h2 className="sr-only">Question</h2>
            {question.content}
          </div>
        </div>
        {answer?.content ? (
          <div className="mt-5">
            <h2 className="sr-only">Answer</h2>
            <Suspense fallback={<Skeleton className="w-full" />}>
              <AnswerText text={answer.content} streaming={false} />
            </Suspense>
            <CopyButton value={answer.content} label="Copy the answer" className="mt-2 -ml-1.5" />
          </div>
        ) : null}
      </section>
    </CitationContext>
  )
}
