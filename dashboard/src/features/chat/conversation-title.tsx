import { ChevronDown, Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Menu, MenuContent, MenuItem, MenuTrigger } from '../../ui/menu.tsx'
import { useConversationActions } from './conversation-actions.ts'
import { RenameDialog } from './rename-dialog.tsx'

export function ConversationTitle({ conversation }: { conversation: { id: string; title: string } }) {
  const [renaming, setRenaming] = useState(false)
  const { remove } = useConversationActions()
  return (
    <h1 className="min-w-0">
      <Menu>
        <MenuTrigger
          title={conversation.title}
          className="-mx-2 inline-flex h-8 max-w-full items-center gap-1.5 rounded-md px-2 text-base font-semibold transition-colors hover:bg-hover data-[state=open]:bg-hover"
        >
          <span className="truncate">{conversation.title}</span>
          <ChevronDown className="size-3.5 shrink-0 text-ink-3" aria-hidden />
        </MenuTrigger>
        <MenuContent align="start">
          <MenuItem onSelect={() => setRenaming(true)}>
            <Pencil /> Rename
          </MenuItem>
          <MenuItem danger onSelect={() => remove(conversation)}>
            <Trash2 /> Delete
          </MenuItem>
        </MenuContent>
      </Menu>
      {renaming ? <RenameDialog conversation={conversation} onClose={() => setRenaming(false)} /> : null}
    </h1>
  )
}
