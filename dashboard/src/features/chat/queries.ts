import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { api, take } from '../../app/api.ts'
import type { Message } from '../../app/api-types.ts'
import { dropUndefined } from '../../app/drop-undefined.ts'
import { queryClient } from '../../app/query-client.ts'

export interface ConversationFilter {
  archived?: 'true' | 'false' | 'any'
  pinned?: 'true' | 'false'
}

export function conversationsQuery(q = '', filter: ConversationFilter = {}) {
  return infiniteQueryOptions({
    queryKey: ['conversations', 'list', q, filter],
    queryFn: ({ pageParam }) =>
      take(
        api.GET('/api/v1/conversations', {
          params: { query: dropUndefined({ ...filter, limit: 50, cursor: pageParam, q: q || undefined }) },
        }),
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    select: (data) => data.pages.flatMap((page) => page.data),
  })
}

export function conversationQuery(id: string) {
  return queryOptions({
    queryKey: ['conversations', 'one', id],
    queryFn: () => take(api.GET('/api/v1/conversations/{id}', { params: { path: { id } } })),
  })
}

/** All messages of a conversation, oldest first. */
export function messagesQuery(conversationId: string) {
  return queryOptions({
    queryKey: ['conversations', 'messages', conversationId],
    queryFn: () => allMessages('/api/v1/conversations/{id}/messages', conversationId),
    staleTime: 60_000,
  })
}

export function shareQuery(conversationId: string) {
  return queryOptions({
    queryKey: ['conversations', 'share', conversationId],
    queryFn: () =>
      take(api.GET('/api/v1/conversations/{id}/share', { params: { path: { id: conversationId } } })),
  })
}

export function sharedQuery(id: string) {
  return queryOptions({
    queryKey: ['shared-conversations', id],
    queryFn: () => take(api.GET('/api/v1/shared-conversations/{id}', { params: { path: { id } } })),
  })
}

export function sharedMessagesQuery(id: string) {
  return queryOptions({
    queryKey: ['shared-conversations', id, 'messages'],
    queryFn: () => allMessages('/api/v1/shared-conversations/{id}/messages', id),
  })
}

async function allMessages(
  path: '/api/v1/conversations/{id}/messages' | '/api/v1/shared-conversations/{id}/messages',
  id: string,
): Promise<Message[]> {
  const messages: Message[] = []
  let cursor: string | undefined
  do {
    const page = await take(
      api.GET(path, { params: { path: { id }, query: dropUndefined({ limit: 100, cursor }) } }),
    )
    messages.push(...page.data)
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined)
  return messages.sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id))
}

export function refreshConversations(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: ['conversations', 'list'] })
}
