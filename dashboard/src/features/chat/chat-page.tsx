import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { PanelLeft, SquarePen } from 'lucide-react'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { FreeholdError } from '../../app/api.ts'
import type { Citation, Message } from '../../app/api-types.ts'
import { takeHandedQuestion } from '../../app/handed-question.ts'
import { useMediaQuery, usePhone } from '../../app/media-query.ts'
import { NotFound } from '../../app/route-states.tsx'
import { Button } from '../../ui/button.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Sheet } from '../../ui/sheet.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { Tooltip } from '../../ui/tooltip.tsx'
import { useChatModels } from '../models/queries.ts'
import { choose, dismiss } from './answers.ts'
import { CitedPassage } from './cited-passage.tsx'
import { Composer, type ComposerHandle } from './composer.tsx'
import { ConversationList } from './conversation-list.tsx'
import { ConversationTitle } from './conversation-title.tsx'
import { EmptyChat } from './empty-chat.tsx'
import { conversationQuery } from './queries.ts'
import { useStored } from './stored.ts'
import { Thread } from './thread.tsx'
import { useConversation } from './use-conversation.ts'

const route = getRouteApi('/app/chat/{-$conversationId}')

export function ChatPage() {
  const { conversationId } = route.useParams()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  // Beside an open passage the list needs more room than beside the conversation alone.
  const roomForList = useMediaQuery(search.passage ? '(min-width: 1400px)' : '(min-width: 1024px)')
  const phone = usePhone()
  const [listOpen, setListOpen] = useState(false)
  const models = useChatModels()
  const [modelId, setModelId] = useStored('freehold.model')
  const [scope, setScope] = useState<string | undefined>(undefined)
  const model = models.chat.find((candidate) => candidate.id === modelId) ?? models.default
  const composer = useRef<ComposerHandle>(null)
  const conversation = useConversation(conversationId)
  const title = useQuery({
    ...conversationQuery(conversationId ?? ''),
    enabled: conversationId !== undefined,
  })
  useTitle(conversationId === undefined ? 'Chat' : (title.data?.title ?? 'Chat'))

  const { live, turns, send } = conversation
  const answering = live !== undefined && live.phase !== 'failed'
  const how = useMemo(
    () => ({ model: model?.id, collectionIds: scope === undefined ? undefined : [scope] }),
    [model?.id, scope],
  )
  const sendQuestion = useCallback((content: string) => send({ ...how, content }), [send, how])
  const [editingId, setEditingId] = useState<string | null>(null)
  const sendEdit = useCallback(
    (question: Message, content: string) => {
      setEditingId(null)
      send({ ...how, content, edited: question })
    },
    [send, how],
  )
  const regenerate = useCallback(
    (question: Message, answer: Message) =>
      send({ ...how, content: question.content, regenerated: { question, answer } }),
    [send, how],
  )
  const openCitation = useCallback(
    (citation: Citation) => void navigate({ search: { passage: citation.passageId }, replace: true }),
    [navigate],
  )
  const closePassage = useCallback(() => void navigate({ search: {}, replace: true }), [navigate])
  useEscapeToStop(answering, conversation.stop)
  useHandedQuestion(models.default !== undefined, sendQuestion)

  if (title.error instanceof FreeholdError && title.error.status === 404 && !live) return <NotFound />

  const newChat = (
    <Tooltip label="New conversation" keys="n">
      <Button asChild variant="ghost" size="icon-sm">
        <Link
          to="/chat/{-$conversationId}"
          params={{ conversationId: undefined }}
          aria-label="New conversation"
          onClick={() => setListOpen(false)}
        >
          <SquarePen />
        </Link>
      </Button>
    </Tooltip>
  )
  const list = (
    <>
      <div className="flex h-12 shrink-0 items-center justify-between pr-3 pl-5">
        <h2 className="text-sm font-semibold">Conversations</h2>
        {newChat}
      </div>
      <ConversationList openId={conversationId} onOpen={() => setListOpen(false)} />
    </>
  )

  return (
    <div className="flex h-full min-h-0">
      {roomForList ? (
        <nav aria-label="Conversations" className="flex w-64 shrink-0 flex-col border-r">
          {list}
        </nav>
      ) : (
        <Sheet open={listOpen} onOpenChange={setListOpen} side="left" title="Conversations">
          {list}
        </Sheet>
      )}
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="flex h-12 shrink-0 items-center gap-2 border-b px-4 md:px-6">
          {roomForList ? null : (
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label="Conversations"
              className="-ml-2"
              onClick={() => setListOpen(true)}
            >
              <PanelLeft />
            </Button>
          )}
          <div className="min-w-0 flex-1">
            {conversationId === undefined ? (
              <h1 className="truncate text-base font-semibold">New conversation</h1>
            ) : title.data ? (
              <ConversationTitle conversation={title.data} />
            ) : (
              <Skeleton className="w-48" />
            )}
          </div>
          {roomForList || (phone && conversationId === undefined) ? null : newChat}
        </header>
        {conversation.error ? (
          <div className="flex-1 p-6">
            <ErrorState
              error={conversation.error}
              title="The conversation could not be loaded"
              onRetry={conversation.reload}
            />
          </div>
        ) : conversation.loading ? (
          <ThreadSkeleton />
        ) : (
          <Thread
            // Another conversation begins at its own end; the same one keeps its place.
            key={`thread ${conversation.threadKey}`}
            turns={turns}
            askedKey={conversation.askedKey}
            openPassageId={search.passage}
            onOpenCitation={openCitation}
            editingId={editingId}
            onEdit={setEditingId}
            onSendEdit={sendEdit}
            onRegenerate={regenerate}
            onChoose={chooseBranch}
            onRetry={({ sent }) => sent && conversation.retry(sent)}
            onDismiss={(key) => {
              // What was edited or asked again is there once more; a new question goes back to where it was written.
              if (live?.replacedId === null) composer.current?.fill(live.question.content)
              dismiss(key)
            }}
            empty={<EmptyChat onAsk={sendQuestion} />}
          />
        )}
        <Composer
          key={`composer ${conversation.threadKey} ${search.ask ?? ''}`}
          ref={composer}
          conversationId={conversationId}
          initialText={search.ask}
          models={models.chat}
          model={model}
          onModel={setModelId}
          scope={scope}
          onScope={setScope}
          answering={answering}
          stopping={live?.stopping ?? false}
          onEditLast={() => setEditingId(turns.at(-1)?.question.id ?? null)}
          onSend={sendQuestion}
          onStop={conversation.stop}
        />
      </div>
      {search.passage ? (
        <CitedPassage passageId={search.passage} turns={turns} onOpen={openCitation} onClose={closePassage} />
      ) : null}
    </div>
  )
}

function chooseBranch(message: Message, siblingId: string): void {
  void choose(message, siblingId)
}

function useEscapeToStop(answering: boolean, stop: () => void): void {
  useEffect(() => {
    if (!answering) return
    function onKeyDown(event: KeyboardEvent): void {
      if (event.key !== 'Escape' || event.defaultPrevented) return
      if (document.querySelector('[role="dialog"],[role="menu"],[role="listbox"]')) return
      event.preventDefault()
      stop()
    }
    // Before the inspector's own Escape: while an answer is being written, stopping it is what is meant.
    window.addEventListener('keydown', onKeyDown, { capture: true })
    return () => window.removeEventListener('keydown', onKeyDown, { capture: true })
  }, [answering, stop])
}

/** Sends what was asked on another page, once it is known who answers. */
function useHandedQuestion(ready: boolean, send: (question: string) => void): void {
  useEffect(() => {
    if (!ready) return
    const question = takeHandedQuestion()
    if (question !== null) send(question)
  }, [ready, send])
}

function ThreadSkeleton() {
  return (
    <div className="min-h-0 flex-1 overflow-hidden" role="status" aria-label="Loading the conversation">
      <div className="mx-auto max-w-180 space-y-4 px-6 pt-6">
        <Skeleton className="ml-auto h-11 w-2/5 rounded-md" />
        <Skeleton className="w-32" />
        <Skeleton className="w-full" />
        <Skeleton className="w-11/12" />
        <Skeleton className="w-3/5" />
      </div>
    </div>
  )
}
