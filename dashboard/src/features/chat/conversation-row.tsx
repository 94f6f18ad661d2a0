import { Link } from '@tanstack/react-router'
import { Ellipsis } from 'lucide-react'
import type { Conversation } from '../../app/api-types.ts'
import { cn } from '../../ui/cn.ts'
import { Menu, MenuTrigger } from '../../ui/menu.tsx'
import { useConversationMenu } from './conversation-menu.tsx'

export function ConversationRow({
  conversation,
  open,
  onOpen,
}: {
  conversation: Conversation
  open: boolean
  onOpen?: () => void
}) {
  const menu = useConversationMenu(conversation)
  return (
    <div className="group relative">
      <Link
        to="/chat/{-$conversationId}"
        params={{ conversationId: conversation.id }}
        aria-current={open ? 'page' : undefined}
        title={conversation.title}
        {...(onOpen ? { onClick: onOpen } : {})}
        className={cn(
          'flex h-8 items-center rounded-md px-2 text-sm max-md:h-10 max-md:pr-10 max-md:text-base text-ink-2 transition-colors group-hover:bg-hover hover:text-ink group-has-[[data-state=open]]:bg-hover',
          open && 'bg-hover font-medium text-ink',
          conversation.match && 'h-12 flex-col items-stretch justify-center max-md:h-13',
        )}
      >
        <span className="truncate group-focus-within:pr-7 group-hover:pr-7">{conversation.title}</span>
        {conversation.match ? (
          <span className="truncate text-xs font-normal text-ink-3">{conversation.match}</span>
        ) : null}
      </Link>
      <Menu>
        <MenuTrigger
          aria-label={`Actions for ${conversation.title}`}
          className="absolute top-0.5 right-0.5 flex size-7 max-md:size-9 items-center justify-center rounded-sm text-ink-3 opacity-0 group-hover:opacity-100 hover:text-ink focus-visible:opacity-100 data-[state=open]:opacity-100 max-md:opacity-100"
        >
          <Ellipsis className="size-4" />
        </MenuTrigger>
        {menu.content}
      </Menu>
      {menu.dialogs}
    </div>
  )
}
