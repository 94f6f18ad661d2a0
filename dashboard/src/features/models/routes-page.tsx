import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Plus, Route as RouteIcon, Trash2 } from 'lucide-react'
import { api } from '../../app/api.ts'
import type { ModelAlias } from '../../app/api-types.ts'
import { formatDuration } from '../../app/format.ts'
import { queryClient } from '../../app/query-client.ts'
import { useCan } from '../../app/session.ts'
import { deleteWithUndo, useHiddenIds } from '../../app/undoable-delete.ts'
import { Button } from '../../ui/button.tsx'
import { CopyId } from '../../ui/copy.tsx'
import { Page, useTitle } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { AliasDialog } from './alias-dialog.tsx'
import { TargetState } from './model-state.tsx'
import { ModelsHeader } from './models-header.tsx'
import { aliasesQuery } from './queries.ts'
import { strategies, weighs } from './strategies.ts'

const route = getRouteApi('/app/models/routes')

function remove({ id, name }: ModelAlias): void {
  if (id === null) return
  deleteWithUndo({
    id,
    title: `“${name}” is removed`,
    description: 'Calls that name it will be refused.',
    run: () => api.DELETE('/api/v1/model-aliases/{id}', { params: { path: { id } } }),
    onDeleted: () => queryClient.invalidateQueries({ queryKey: ['models'] }),
  })
}

function Alias({ alias, onEdit }: { alias: ModelAlias; onEdit: (() => void) | undefined }) {
  return (
    <li className="border-b py-4">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h2 className="flex items-center gap-2 font-medium">
            <CopyId value={alias.name} />
          </h2>
          <p className="mt-0.5 text-sm text-pretty text-ink-2">
            {strategies[alias.strategy].label}
            {alias.description === '' ? '' : ` · ${alias.description}`}
            {alias.madeBy === 'operator' ? ' · set by the operator, for every organization' : ''}
          </p>
        </div>
        {onEdit ? (
          <span className="flex gap-1">
            <Button size="sm" aria-label={`Change ${alias.name}`} onClick={onEdit}>
              Change
            </Button>
            <Button
              variant="ghost"
              size="icon-sm"
              aria-label={`Remove ${alias.name}`}
              onClick={() => remove(alias)}
            >
              <Trash2 />
            </Button>
          </span>
        ) : null}
      </div>
      <ol className="mt-2 flex flex-col gap-1">
        {alias.targets.map((target, index) => (
          <li key={target.model} className="flex flex-wrap items-center gap-x-3 text-sm">
            <span className="w-4 text-right text-ink-3 tabular-nums">{index + 1}</span>
            <span className="min-w-0 flex-1 truncate font-mono" title={target.model}>
              {target.model}
            </span>
            {weighs.has(alias.strategy) ? <span className="text-ink-3">weight {target.weight}</span> : null}
            {target.timeoutMs === null ? null : (
              <span className="text-ink-3">waits {formatDuration(target.timeoutMs)}</span>
            )}
            <TargetState state={target.state} />
          </li>
        ))}
      </ol>
    </li>
  )
}

/** The names that stand for several models. `?alias=` opens one to change, `?create=true` a new one. */
export function RoutesPage() {
  useTitle('Routes')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const canManage = useCan('manage:models')
  const aliases = useQuery(aliasesQuery)
  const hidden = useHiddenIds()
  const list = (aliases.data ?? []).filter(({ id }) => id === null || !hidden.has(id))
  const editing = list.find(({ id }) => id !== null && id === search.alias)
  const close = (): void => void navigate({ search: {}, replace: true })
  const create = (): void => void navigate({ search: { create: true }, replace: true })
  const createButton = canManage ? (
    <Button variant="primary" onClick={create}>
      <Plus /> Make a route
    </Button>
  ) : null
  return (
    <Page>
      <ModelsHeader actions={createButton} />
      {aliases.isPending ? <SkeletonRows rows={4} className="mt-3" /> : null}
      {aliases.isError ? (
        <ErrorState
          error={aliases.error}
          title="The routes could not be loaded"
          onRetry={() => void aliases.refetch()}
          className="mt-6"
        />
      ) : null}
      {aliases.isSuccess && list.length === 0 ? (
        <EmptyState icon={<RouteIcon />} title="No route yet" action={createButton}>
          A route is a name such as “fast” that callers send as the model. It stands for several models, so
          that one that fails gives way to the next, and a better one can take its place without a change in
          any program.
        </EmptyState>
      ) : null}
      {list.length > 0 ? (
        <ul aria-label="Routes" className="mt-2">
          {list.map((alias) => (
            <Alias
              key={alias.id ?? alias.name}
              alias={alias}
              onEdit={
                canManage && alias.id !== null
                  ? () => void navigate({ search: { alias: alias.id ?? undefined }, replace: true })
                  : undefined
              }
            />
          ))}
        </ul>
      ) : null}
      {canManage && editing ? <AliasDialog key={editing.id} alias={editing} onClose={close} /> : null}
      {canManage && search.create ? <AliasDialog alias={null} onClose={close} /> : null}
    </Page>
  )
}
