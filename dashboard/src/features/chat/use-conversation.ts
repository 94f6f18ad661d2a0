import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { Message } from '../../app/api-types.ts'
import { ask, dismiss, type Question, resume, stop, useAnswers } from './answers.ts'
import { messagesQuery } from './queries.ts'
import { turnsOf } from './turns.ts'

const noMessages: Message[] = []

/**
 * A conversation as the page shows it: what is stored and what is being written. A new conversation gets its address
 * when the server has named it; the page stays the same page.
 */
export function useConversation(conversationId: string | undefined) {
  const navigate = useNavigate()
  const answers = useAnswers()
  const stored = useQuery({ ...messagesQuery(conversationId ?? ''), enabled: conversationId !== undefined })
  /** The live answer asked while the page had no conversation yet. */
  const [draftKey, setDraftKey] = useState<string | null>(null)
  const [asked, setAsked] = useState<{ key: string; conversationId: string | undefined } | null>(null)

  const live = answers.find((answer) =>
    conversationId === undefined ? answer.key === draftKey : answer.conversationId === conversationId,
  )

  // The new conversation has its id: give the page its address.
  useEffect(() => {
    if (conversationId !== undefined || !live?.conversationId) return
    void navigate({
      to: '/chat/{-$conversationId}',
      params: { conversationId: live.conversationId },
      replace: true,
    })
  }, [conversationId, live?.conversationId, navigate])

  // The page moved on to another conversation, or back to a new one.
  const page = useRef(conversationId)
  const named = draftKey !== null && conversationId !== undefined && live?.key === draftKey
  useEffect(() => {
    const before = page.current
    page.current = conversationId
    if (before === conversationId) return
    setDraftKey(null)
    if (!named) setAsked(null)
  }, [conversationId, named])

  // An answer that was being written when this page was loaded goes on.
  const messages = stored.data ?? noMessages
  useEffect(() => {
    const last = messages.at(-1)
    const question = messages.at(-2)
    if (last?.status === 'streaming' && question && !live) resume(question, last)
  }, [messages, live])

  const turns = useMemo(() => turnsOf(messages, live), [messages, live])

  const send = useCallback(
    (question: Omit<Question, 'conversationId'>) => {
      const key = ask({ ...question, conversationId })
      if (conversationId === undefined) setDraftKey(key)
      setAsked({ key, conversationId })
    },
    [conversationId],
  )
  /** Sends again what was refused, as it was. */
  const retry = useCallback((sent: Question) => {
    setAsked({ key: ask(sent), conversationId: sent.conversationId })
  }, [])
  const liveKey = live?.key
  const stopLive = useCallback(() => {
    if (liveKey !== undefined) void stop(liveKey)
  }, [liveKey])

  // The thread of a conversation that was born on this page keeps the key it was born with.
  const born = useRef<{ key: string; conversationId: string | null } | null>(null)
  if (draftKey !== null && live) born.current = { key: draftKey, conversationId: live.conversationId }
  const bornHere =
    born.current !== null &&
    (conversationId === undefined ? draftKey !== null : born.current.conversationId === conversationId)

  return {
    live,
    turns,
    send,
    retry,
    stop: stopLive,
    dismiss,
    askedKey: asked?.key ?? null,
    threadKey: conversationId === undefined || bornHere ? 'new' : conversationId,
    loading: conversationId !== undefined && stored.isPending && !live,
    error: stored.isError && !live ? stored.error : null,
    reload: () => void stored.refetch(),
  }
}
