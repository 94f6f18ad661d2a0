import { useNavigate, useParams } from '@tanstack/react-router'
import { toast } from 'sonner'
import { api, messageOf, take } from '../../app/api.ts'
import { queryClient } from '../../app/query-client.ts'
import { deleteWithUndo } from '../../app/undoable-delete.ts'
import { conversationQuery, refreshConversations } from './queries.ts'

interface Titled {
  id: string
  title: string
}

export function useConversationActions(): {
  remove: (conversation: Titled) => void
  change: (conversation: Titled, to: { pinned?: boolean; archived?: boolean }) => void
} {
  const navigate = useNavigate()
  const { conversationId: openId } = useParams({ strict: false })
  const change = async (conversation: Titled, to: { pinned?: boolean; archived?: boolean }) => {
    const path = { id: conversation.id }
    try {
      await take(api.PATCH('/api/v1/conversations/{id}', { params: { path }, body: to }))
      if (to.archived !== undefined) {
        toast.success(`“${conversation.title}” ${to.archived ? 'archived' : 'taken out of the archive'}`, {
          action: { label: 'Undo', onClick: () => void change(conversation, { archived: !to.archived }) },
        })
      }
    } catch (error) {
      toast.error(messageOf(error))
    }
    await refreshConversations()
    await queryClient.invalidateQueries({ queryKey: conversationQuery(conversation.id).queryKey })
  }
  return {
    change: (conversation, to) => void change(conversation, to),
    remove(conversation) {
      deleteWithUndo({
        id: conversation.id,
        title: `“${conversation.title}” deleted`,
        description: 'With its questions and answers. What they cost stays in the ledger.',
        run: () =>
          api.DELETE('/api/v1/conversations/{id}', {
            params: { path: { id: conversation.id } },
            keepalive: true,
          }),
        onDeleted: refreshConversations,
      })
      if (openId === conversation.id) {
        void navigate({ to: '/chat/{-$conversationId}', params: { conversationId: undefined } })
      }
    },
  }
}
