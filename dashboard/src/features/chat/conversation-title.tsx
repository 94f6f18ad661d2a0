import { ChevronDown } from 'lucide-react'
import type { Conversation } from '../../app/api-types.ts'
import { Menu, MenuTrigger } from '../../ui/menu.tsx'
import { useConversationMenu } from './conversation-menu.tsx'

export function ConversationTitle({ conversation }: { conversation: Conversation }) {
  const menu = useConversationMenu(conversation)
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
        {menu.content}
      </Menu>
      {menu.dialogs}
    </h1>
  )
}
