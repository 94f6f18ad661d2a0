import { Archive, ArchiveRestore, Download, Pencil, Pin, PinOff, Share2, Trash2 } from 'lucide-react'
import { useState } from 'react'
import type { Conversation } from '../../app/api-types.ts'
import { MenuContent, MenuItem } from '../../ui/menu.tsx'
import { useConversationActions } from './conversation-actions.ts'
import { RenameDialog } from './rename-dialog.tsx'
import { ShareDialog } from './share-dialog.tsx'

/** What can be done with a conversation, and the dialogs some of it opens: the same in the list and over the thread. */
export function useConversationMenu(conversation: Conversation) {
  const [dialog, setDialog] = useState<'rename' | 'share' | null>(null)
  const { remove, change } = useConversationActions()
  const { id, pinnedAt, archivedAt } = conversation
  return {
    content: (
      <MenuContent align="start">
        <MenuItem onSelect={() => change(conversation, { pinned: pinnedAt === null })}>
          {pinnedAt === null ? (
            <>
              <Pin /> Pin
            </>
          ) : (
            <>
              <PinOff /> Unpin
            </>
          )}
        </MenuItem>
        <MenuItem onSelect={() => setDialog('rename')}>
          <Pencil /> Rename
        </MenuItem>
        <MenuItem onSelect={() => setDialog('share')}>
          <Share2 /> Share
        </MenuItem>
        <MenuItem asChild>
          <a href={`/api/v1/conversations/${id}/export`} download>
            <Download /> Export as Markdown
          </a>
        </MenuItem>
        <MenuItem onSelect={() => change(conversation, { archived: archivedAt === null })}>
          {archivedAt === null ? (
            <>
              <Archive /> Archive
            </>
          ) : (
            <>
              <ArchiveRestore /> Take out of the archive
            </>
          )}
        </MenuItem>
        <MenuItem danger onSelect={() => remove(conversation)}>
          <Trash2 /> Delete
        </MenuItem>
      </MenuContent>
    ),
    dialogs:
      dialog === 'rename' ? (
        <RenameDialog conversation={conversation} onClose={() => setDialog(null)} />
      ) : dialog === 'share' ? (
        <ShareDialog conversation={conversation} onClose={() => setDialog(null)} />
      ) : null,
  }
}
