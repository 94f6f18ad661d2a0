import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { KeyRound, Plus, Trash2 } from 'lucide-react'
import { toast } from 'sonner'
import { api, messageOf, take } from '../../app/api.ts'
import type { ProviderKey } from '../../app/api-types.ts'
import { plural } from '../../app/format.ts'
import { queryClient } from '../../app/query-client.ts'
import { deleteWithUndo, useHiddenIds } from '../../app/undoable-delete.ts'
import { StatusDot } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Page, useTitle } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { ModelsHeader } from './models-header.tsx'
import { ProviderKeyDialog } from './provider-key-dialog.tsx'
import { providerKeysQuery } from './queries.ts'

const route = getRouteApi('/app/models/keys')

function remove({ id, name, provider }: ProviderKey): void {
  deleteWithUndo({
    id,
    title: `“${name}” is removed`,
    description: `Calls to ${provider} go without it from now on.`,
    run: () => api.DELETE('/api/v1/provider-keys/{id}', { params: { path: { id } } }),
    onDeleted: () => queryClient.invalidateQueries({ queryKey: ['models'] }),
  })
}

function KeyState({ row }: { row: ProviderKey }) {
  if (!row.enabled) return <StatusDot tone="neutral">Switched off</StatusDot>
  if (row.problem !== null) return <StatusDot tone="red">Refused by the provider</StatusDot>
  return <StatusDot tone="accent">In use</StatusDot>
}

function factsOf(row: ProviderKey): string {
  return [
    row.baseUrl ?? row.provider,
    row.lastFour === null ? undefined : `ends in ${row.lastFour}`,
    row.models.length > 0 ? plural(row.models.length, 'model') : undefined,
    row.weight === 1 ? undefined : `weight ${row.weight}`,
    row.requestsPerMinute === null ? undefined : `at most ${row.requestsPerMinute} calls a minute`,
    row.countsInBudgets ? 'counts in budgets' : undefined,
  ]
    .filter((fact) => fact !== undefined)
    .join(' · ')
}

function Row({ row, onEdit }: { row: ProviderKey; onEdit: () => void }) {
  const isUsed = row.enabled && row.problem === null
  const change = useMutation({
    mutationFn: () =>
      take(
        api.PATCH('/api/v1/provider-keys/{id}', {
          params: { path: { id: row.id } },
          body: { enabled: !isUsed },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['models'] }),
    onError: (error) => toast.error('It could not be changed', { description: messageOf(error) }),
  })
  const action = isUsed ? 'Switch off' : row.enabled ? 'Try again' : 'Switch on'
  return (
    <li className="border-b py-4">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h2 className="flex flex-wrap items-center gap-x-3 font-medium">
            {row.name}
            <span className="text-sm font-normal">
              <KeyState row={row} />
            </span>
          </h2>
          <p className="mt-0.5 text-sm [overflow-wrap:anywhere] text-ink-2">{factsOf(row)}</p>
        </div>
        <span className="flex gap-1">
          <Button
            size="sm"
            aria-label={`${action}: ${row.name}`}
            busy={change.isPending}
            onClick={() => change.mutate()}
          >
            {action}
          </Button>
          <Button size="sm" aria-label={`Change ${row.name}`} onClick={onEdit}>
            Change
          </Button>
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label={`Remove ${row.name}`}
            onClick={() => remove(row)}
          >
            <Trash2 />
          </Button>
        </span>
      </div>
      {row.problem !== null ? (
        <p className="mt-2 border-l-2 border-red pl-3 text-sm text-pretty text-ink-2">
          {row.problem}{' '}
          {row.problemAt ? (
            <span className="text-ink-3">
              <Time value={row.problemAt} />
            </span>
          ) : null}
        </p>
      ) : null}
    </li>
  )
}

/** The organization's own provider keys. `?key=` opens one to change, `?create=true` a new one. */
export function ProviderKeysPage() {
  useTitle('Provider keys')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const keys = useQuery(providerKeysQuery)
  const hidden = useHiddenIds()
  const list = (keys.data ?? []).filter(({ id }) => !hidden.has(id))
  const editing = list.find(({ id }) => id === search.key)
  const close = (): void => void navigate({ search: {}, replace: true })
  const create = (
    <Button variant="primary" onClick={() => void navigate({ search: { create: true }, replace: true })}>
      <Plus /> Bring a key
    </Button>
  )
  return (
    <Page>
      <ModelsHeader actions={create} />
      {keys.isPending ? <SkeletonRows rows={3} className="mt-3" /> : null}
      {keys.isError ? (
        <ErrorState
          error={keys.error}
          title="The provider keys could not be loaded"
          onRetry={() => void keys.refetch()}
          className="mt-6"
        />
      ) : null}
      {keys.isSuccess && list.length === 0 ? (
        <EmptyState icon={<KeyRound />} title="No key of your own" action={create}>
          Calls go through the operator’s keys. With a key of your own at OpenRouter or OpenAI, or a server of
          your own, they go through yours, and the provider bills you directly.
        </EmptyState>
      ) : null}
      {list.length > 0 ? (
        <ul aria-label="Provider keys" className="mt-2">
          {list.map((row) => (
            <Row
              key={row.id}
              row={row}
              onEdit={() => void navigate({ search: { key: row.id }, replace: true })}
            />
          ))}
        </ul>
      ) : null}
      {editing ? <ProviderKeyDialog key={editing.id} row={editing} onClose={close} /> : null}
      {search.create ? <ProviderKeyDialog row={null} onClose={close} /> : null}
    </Page>
  )
}
