import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Download, Ellipsis, FilePen, FolderInput, Plus, SearchX, Upload } from 'lucide-react'
import { useCallback, useState } from 'react'
import { api, messageOf, take } from '../../app/api.ts'
import type { Prompt } from '../../app/api-types.ts'
import { useUrlText } from '../../app/debounced.ts'
import { useCan } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { SearchInput } from '../../ui/input.tsx'
import { Menu, MenuContent, MenuItem, MenuTrigger } from '../../ui/menu.tsx'
import { Page, useTitle } from '../../ui/page.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { Select } from '../../ui/select.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { ModelsHeader } from '../models/models-header.tsx'
import { MoveFolderDialog } from './move-folder-dialog.tsx'
import { NewPromptDialog } from './prompt-dialogs.tsx'
import { CompactPrompt, promptColumns } from './prompt-rows.tsx'
import { foldersQuery, promptsQuery, refreshPrompts } from './queries.ts'
import { example } from './template.ts'
import { pickAndImport, saveExport } from './transfer.ts'

const route = getRouteApi('/app/models/prompts')
const anywhere = '/'

export function PromptsPage() {
  useTitle('Prompts')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const canManage = useCan('manage:prompts')
  const [moving, setMoving] = useState(false)
  const { data: folders = [] } = useQuery(foldersQuery)
  const prompts = useInfiniteQuery(
    promptsQuery({ q: search.q, folder: search.folder, archived: search.archived }),
  )
  const setQ = useCallback(
    (q: string) => void navigate({ search: (old) => ({ ...old, q: q || undefined }), replace: true }),
    [navigate],
  )
  const [q, typeQ] = useUrlText(search.q ?? '', setQ)
  const create = (): void => void navigate({ search: (old) => ({ ...old, create: true }), replace: true })
  const openPrompt = ({ id }: Prompt): void =>
    void navigate({ to: '/models/prompts/$promptId', params: { promptId: id } })
  const makeExample = useMutation({
    mutationFn: () => take(api.POST('/api/v1/prompts', { body: { ...example, labels: [] } })),
    onSuccess: async (prompt) => {
      openPrompt(prompt)
      await refreshPrompts()
    },
  })
  const filtered = search.q !== undefined || search.folder !== undefined || search.archived === true
  const nothingYet = prompts.isSuccess && prompts.data.length === 0 && !filtered
  const paths = [...new Set(folders.flatMap(({ path }) => upwards(path)))].sort()
  const folderOptions = [
    { value: anywhere, label: 'Any folder' },
    ...[...new Set([...paths, ...(search.folder ? [search.folder] : [])])].map((path) => ({
      value: path,
      label: path,
    })),
  ]
  return (
    <Page>
      <ModelsHeader
        actions={
          <>
            <Menu>
              <MenuTrigger asChild>
                <Button size="icon" aria-label="More for prompts">
                  <Ellipsis />
                </Button>
              </MenuTrigger>
              <MenuContent align="end">
                {canManage ? (
                  <MenuItem onSelect={pickAndImport}>
                    <Upload /> Import a file
                  </MenuItem>
                ) : null}
                <MenuItem
                  onSelect={() =>
                    void saveExport(search.folder ? { folder: search.folder } : {}, search.folder ?? 'all')
                  }
                >
                  <Download /> {search.folder ? `Export ${search.folder}` : 'Export all'}
                </MenuItem>
                {canManage && search.folder ? (
                  <MenuItem onSelect={() => setMoving(true)}>
                    <FolderInput /> Move or rename {search.folder}
                  </MenuItem>
                ) : null}
              </MenuContent>
            </Menu>
            {canManage ? (
              <Button variant="primary" onClick={create}>
                <Plus /> Write a prompt
              </Button>
            ) : null}
          </>
        }
      />
      {nothingYet ? (
        <EmptyState
          icon={<FilePen />}
          title="No prompts yet"
          action={
            canManage ? (
              <>
                <Button variant="primary" onClick={create}>
                  <Plus /> Write a prompt
                </Button>
                <Button busy={makeExample.isPending} onClick={() => makeExample.mutate()}>
                  Begin with an example
                </Button>
              </>
            ) : null
          }
        >
          A prompt is what a model is told, kept here instead of in a program. Programs call it by its name;
          you change it, try the new version on a share of calls, deploy it and roll it back without them.
          {makeExample.error ? (
            <p role="alert" className="mt-2 text-red">
              {messageOf(makeExample.error)}
            </p>
          ) : null}
        </EmptyState>
      ) : (
        <>
          <div className="flex flex-wrap items-center gap-2 py-3">
            <SearchInput
              label="Search by name or description"
              data-page-search
              value={q}
              onChange={typeQ}
              className="w-72 max-md:w-full"
            />
            <Select
              label="Folder"
              value={search.folder ?? anywhere}
              options={folderOptions}
              onChange={(folder) =>
                void navigate({
                  search: (old) => ({ ...old, folder: folder === anywhere ? undefined : folder }),
                  replace: true,
                })
              }
            />
            <Segmented
              label="Which prompts"
              value={search.archived ? 'archived' : 'used'}
              options={[
                { value: 'used', label: 'In use' },
                { value: 'archived', label: 'Archived' },
              ]}
              onChange={(which) =>
                void navigate({
                  search: (old) => ({ ...old, archived: which === 'archived' ? true : undefined }),
                  replace: true,
                })
              }
            />
          </div>
          {prompts.isPending ? <SkeletonRows rows={6} className="border-t border-line-strong" /> : null}
          {prompts.isError ? (
            <ErrorState
              error={prompts.error}
              title="The prompts could not be loaded"
              onRetry={() => void prompts.refetch()}
              className="mt-4"
            />
          ) : null}
          {prompts.isSuccess && prompts.data.length > 0 ? (
            <DataTable
              label="Prompts"
              columns={promptColumns}
              rows={prompts.data}
              rowKey={(prompt) => prompt.id}
              compact={(prompt) => <CompactPrompt prompt={prompt} />}
              onLoadMore={prompts.hasNextPage ? () => void prompts.fetchNextPage() : undefined}
              loadingMore={prompts.isFetchingNextPage}
            />
          ) : null}
          {prompts.isSuccess && prompts.data.length === 0 ? (
            <EmptyState
              icon={<SearchX />}
              title={
                search.archived && !search.q && !search.folder ? 'Nothing is archived' : 'No prompt matches'
              }
              action={
                <Button
                  onClick={() => {
                    typeQ('')
                    void navigate({ search: {}, replace: true })
                  }}
                >
                  Show all prompts
                </Button>
              }
            >
              {search.archived
                ? 'An archived prompt is called by nobody and can be restored.'
                : 'Nothing has this name or description in this folder.'}
            </EmptyState>
          ) : null}
        </>
      )}
      {search.create && canManage ? (
        <NewPromptDialog
          folder={search.folder}
          onClose={() => void navigate({ search: (old) => ({ ...old, create: undefined }), replace: true })}
          onCreated={openPrompt}
        />
      ) : null}
      {moving && search.folder ? (
        <MoveFolderDialog
          folder={search.folder}
          onClose={() => setMoving(false)}
          onMoved={(to) => void navigate({ search: { folder: to || undefined }, replace: true })}
        />
      ) : null}
    </Page>
  )
}

/** `support/mail` and what it is in: `support`. */
function upwards(path: string): string[] {
  const names = path.split('/')
  return names.map((_name, depth) => names.slice(0, depth + 1).join('/'))
}
