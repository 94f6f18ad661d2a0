import { useNavigate, useParams } from '@tanstack/react-router'
import { api } from '../../app/api.ts'
import { deleteWithUndo } from '../../app/undoable-delete.ts'
import { refreshConversations } from './queries.ts'

interface Titled {
  id: string
  title: string
}

export function useConversationActions(): { remove: (conversation: Titled) => void } {
  const navigate = useNavigate()
  const { conversationId: openId } = useParams({ strict: false })
  return {
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
