import { Link } from '@tanstack/react-router'
import { Download, Ellipsis, MessageSquareText, RotateCw, Trash2 } from 'lucide-react'
import type { KnowledgeDocument } from '../../app/api-types.ts'
import { useCan } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from '../../ui/menu.tsx'
import { deleteDocument, originalUrl, useRetryDocument } from './document-actions.ts'

export function DocumentMenu({ document }: { document: KnowledgeDocument }) {
  const canWrite = useCan('write:documents')
  const retry = useRetryDocument()
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={`Actions for ${document.name}`}
          className="relative"
        >
          <Ellipsis />
        </Button>
      </MenuTrigger>
      <MenuContent align="end">
        {document.status === 'failed' && canWrite ? (
          <MenuItem onSelect={() => retry.mutate(document)}>
            <RotateCw /> Read it again
          </MenuItem>
        ) : null}
        {document.status === 'ready' ? (
          <MenuItem asChild>
            <Link
              to="/chat/{-$conversationId}"
              params={{ conversationId: undefined }}
              search={{ ask: `What does “${document.name}” say about ` }}
            >
              <MessageSquareText /> Ask about it
            </Link>
          </MenuItem>
        ) : null}
        <MenuItem asChild>
          <a href={originalUrl(document)} download={document.name}>
            <Download /> Download the original
          </a>
        </MenuItem>
        {canWrite ? (
          <>
            <MenuSeparator />
            <MenuItem danger onSelect={() => deleteDocument(document)}>
              <Trash2 /> Delete
            </MenuItem>
          </>
        ) : null}
      </MenuContent>
    </Menu>
  )
}
