import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Archive, ArchiveRestore, Copy, Download, Ellipsis, Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import { api, messageOf, take } from '../../app/api.ts'
import type { Prompt } from '../../app/api-types.ts'
import { useCan } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from '../../ui/menu.tsx'
import { DeletePromptDialog } from './delete-prompt-dialog.tsx'
import { ChangePromptDialog, DuplicatePromptDialog } from './prompt-dialogs.tsx'
import { refreshPrompts } from './queries.ts'
import { saveExport } from './transfer.ts'

/** What is done with a prompt as a whole. */
export function PromptMenu({ prompt, version }: { prompt: Prompt; version: number }) {
  const navigate = useNavigate()
  const [open, setOpen] = useState<'change' | 'duplicate' | 'delete'>()
  const can = { manage: useCan('manage:prompts'), deploy: useCan('deploy:prompts') }
  const close = () => setOpen(undefined)
  const archived = prompt.archivedAt !== null
  const archive = useMutation({
    mutationFn: (next: boolean) =>
      take(
        api.PATCH('/api/v1/prompts/{id}', { params: { path: { id: prompt.id } }, body: { archived: next } }),
      ),
    onSuccess: (_prompt, next) =>
      next
        ? toast(`“${prompt.name}” is archived`, {
            description: 'Calls that say it are refused.',
            action: { label: 'Undo', onClick: () => archive.mutate(false) },
          })
        : toast(`“${prompt.name}” is restored`),
    onError: (error) => toast.error('Nothing was changed', { description: messageOf(error) }),
    onSettled: refreshPrompts,
  })
  const openPrompt = ({ id }: Prompt) => {
    close()
    void navigate({ to: '/models/prompts/$promptId', params: { promptId: id } })
  }
  return (
    <>
      <Menu>
        <MenuTrigger asChild>
          <Button size="icon" aria-label={`More for ${prompt.name}`}>
            <Ellipsis />
          </Button>
        </MenuTrigger>
        <MenuContent align="end">
          {can.manage ? (
            <MenuItem onSelect={() => setOpen('change')}>
              <Pencil /> Rename or move
            </MenuItem>
          ) : null}
          {can.manage ? (
            <MenuItem onSelect={() => setOpen('duplicate')}>
              <Copy /> Duplicate
            </MenuItem>
          ) : null}
          <MenuItem onSelect={() => void saveExport({ promptId: prompt.id }, prompt.name)}>
            <Download /> Export as JSON
          </MenuItem>
          {can.deploy ? (
            <>
              <MenuSeparator />
              <MenuItem onSelect={() => archive.mutate(!archived)}>
                {archived ? (
                  <>
                    <ArchiveRestore /> Restore
                  </>
                ) : (
                  <>
                    <Archive /> Archive
                  </>
                )}
              </MenuItem>
              <MenuItem danger onSelect={() => setOpen('delete')}>
                <Trash2 /> Delete
              </MenuItem>
            </>
          ) : null}
        </MenuContent>
      </Menu>
      {open === 'change' ? <ChangePromptDialog prompt={prompt} onClose={close} /> : null}
      {open === 'duplicate' ? (
        <DuplicatePromptDialog prompt={prompt} version={version} onClose={close} onCreated={openPrompt} />
      ) : null}
      {open === 'delete' ? (
        <DeletePromptDialog
          prompt={prompt}
          onClose={close}
          onDeleted={() => navigate({ to: '/models/prompts' })}
        />
      ) : null}
    </>
  )
}
