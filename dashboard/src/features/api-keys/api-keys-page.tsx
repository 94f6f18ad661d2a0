import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { KeyRound, Plus } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { ApiKey } from '../../app/api-types.ts'
import { useCan } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { cn } from '../../ui/cn.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Page, PageHeader, SectionHeader, useTitle } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { CallSnippets } from './call-snippets.tsx'
import { CreateKeyDialog } from './create-key-dialog.tsx'
import { KeyLimits, ownerName } from './key-limits.tsx'
import { KeyProjectDialog } from './key-project-dialog.tsx'
import { isUsable, KeyState, LastUsed } from './key-state.tsx'
import { apiKeysQuery } from './queries.ts'
import { RevokeDialog } from './revoke-dialog.tsx'
import { RotateDialog } from './rotate-dialog.tsx'

const route = getRouteApi('/app/connect/keys')

function KeyActions({
  apiKey,
  onRotate,
  onRevoke,
  onProject,
}: {
  apiKey: ApiKey
  onProject: (apiKey: ApiKey) => void
  onRotate: (apiKey: ApiKey) => void
  onRevoke: (apiKey: ApiKey) => void
}) {
  const canManage = useCan('manage:api_keys')
  if (!canManage || !isUsable(apiKey)) return null
  return (
    <span className="inline-flex gap-1 max-sm:flex-col max-sm:items-end">
      <Button
        variant="ghost"
        size="sm"
        aria-label={`Project of ${apiKey.name}`}
        onClick={() => onProject(apiKey)}
      >
        Project
      </Button>
      {apiKey.rotatedTo ? null : (
        <Button
          variant="ghost"
          size="sm"
          aria-label={`Rotate ${apiKey.name}`}
          onClick={() => onRotate(apiKey)}
        >
          Rotate
        </Button>
      )}
      <Button
        variant="ghost"
        size="sm"
        data-row-primary
        aria-label={`Revoke ${apiKey.name}`}
        onClick={() => onRevoke(apiKey)}
      >
        Revoke
      </Button>
    </span>
  )
}

export function ApiKeysPage() {
  useTitle('API keys')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const canManage = useCan('manage:api_keys')
  const keys = useInfiniteQuery(apiKeysQuery)
  const [revoking, setRevoking] = useState<ApiKey | null>(null)
  const [moving, setMoving] = useState<ApiKey | null>(null)
  const [rotating, setRotating] = useState<ApiKey | null>(null)
  const create = (): void => void navigate({ search: { create: true }, replace: true })

  const columns = useMemo<readonly Column<ApiKey>[]>(
    () => [
      {
        id: 'name',
        header: 'Name',
        className: 'w-full max-w-0',
        cell: (apiKey) => (
          <span className={cn('block truncate', isUsable(apiKey) ? 'font-medium' : 'text-ink-3')}>
            {apiKey.name}
          </span>
        ),
      },
      {
        id: 'key',
        header: 'Key',
        cell: (apiKey) => (
          <span className="font-mono text-sm whitespace-nowrap text-ink-2">{apiKey.prefix}…</span>
        ),
      },
      {
        id: 'owner',
        header: 'Belongs to',
        className: 'max-w-40',
        cell: (apiKey) => (
          <span className="block truncate text-ink-2">
            {ownerName(apiKey)}
            {apiKey.project ? (
              <span className="block truncate text-sm text-ink-3">{apiKey.project.name}</span>
            ) : null}
          </span>
        ),
      },
      { id: 'limits', header: 'May do', cell: (apiKey) => <KeyLimits apiKey={apiKey} /> },
      { id: 'state', header: 'State', cell: (apiKey) => <KeyState apiKey={apiKey} /> },
      {
        id: 'used',
        header: 'Last used',
        className: 'whitespace-nowrap text-ink-2',
        cell: (apiKey) => <LastUsed apiKey={apiKey} />,
      },
      {
        id: 'actions',
        header: <span className="sr-only">Actions</span>,
        className: 'text-right whitespace-nowrap',
        cell: (apiKey) => (
          <KeyActions apiKey={apiKey} onRotate={setRotating} onRevoke={setRevoking} onProject={setMoving} />
        ),
      },
    ],
    [],
  )

  return (
    <Page>
      <PageHeader
        title="API keys"
        description="A machine's credential to this organization. Point any OpenAI SDK at this server and use the key as it is."
        actions={
          canManage ? (
            <Button variant="primary" onClick={create}>
              <Plus /> Create a key
            </Button>
          ) : null
        }
      />
      {keys.isPending ? <SkeletonRows rows={3} className="mt-3" /> : null}
      {keys.isError ? (
        <ErrorState
          error={keys.error}
          title="The keys could not be loaded"
          onRetry={() => void keys.refetch()}
          className="mt-6"
        />
      ) : null}
      {keys.data?.length === 0 ? (
        <EmptyState
          icon={<KeyRound />}
          title="No key yet"
          action={
            canManage ? (
              <Button variant="primary" onClick={create}>
                Create a key
              </Button>
            ) : null
          }
        >
          A key lets a program use your models and documents, within your budget. It is shown once, when it is
          made.
        </EmptyState>
      ) : null}
      {keys.data && keys.data.length > 0 ? (
        <div className="mt-2">
          <DataTable
            label="API keys"
            columns={columns}
            rows={keys.data}
            rowKey={(apiKey) => apiKey.id}
            compact={(apiKey) => (
              <div className="flex items-start gap-3">
                <div className="min-w-0 flex-1">
                  <p className="truncate font-medium">{apiKey.name}</p>
                  <p className="mt-0.5 truncate text-sm text-ink-2">
                    <span className="font-mono">{apiKey.prefix}…</span> · {ownerName(apiKey)}
                    {apiKey.project ? ` · ${apiKey.project.name}` : ''}
                  </p>
                  <p className="mt-0.5 text-sm">
                    <KeyLimits apiKey={apiKey} />
                  </p>
                  <p className="mt-1 flex flex-wrap gap-x-3 text-sm text-ink-2">
                    <KeyState apiKey={apiKey} />
                    <span>
                      {apiKey.lastUsedAt ? 'Used ' : ''}
                      <LastUsed apiKey={apiKey} />
                    </span>
                  </p>
                </div>
                <KeyActions
                  apiKey={apiKey}
                  onRotate={setRotating}
                  onRevoke={setRevoking}
                  onProject={setMoving}
                />
              </div>
            )}
            onLoadMore={keys.hasNextPage ? () => void keys.fetchNextPage() : undefined}
            loadingMore={keys.isFetchingNextPage}
          />
        </div>
      ) : null}
      <section
        aria-labelledby="how-to-call"
        // Shown with the keys, so that they do not push it down when they arrive.
        className={cn('mt-10 max-w-180', keys.isPending && 'invisible')}
      >
        <SectionHeader title="How to call" id="how-to-call">
          <Button asChild variant="link" size="inline" className="text-sm">
            <a href="/docs">API reference</a>
          </Button>
        </SectionHeader>
        <CallSnippets apiKey="$FREEHOLD_API_KEY" />
      </section>
      {search.create && canManage ? (
        <CreateKeyDialog
          owner={search.owner}
          name={search.name}
          scope={search.scope}
          onClose={() => void navigate({ search: {}, replace: true })}
        />
      ) : null}
      {revoking ? <RevokeDialog apiKey={revoking} onClose={() => setRevoking(null)} /> : null}
      {moving ? <KeyProjectDialog apiKey={moving} onClose={() => setMoving(null)} /> : null}
      {rotating ? <RotateDialog apiKey={rotating} onClose={() => setRotating(null)} /> : null}
    </Page>
  )
}
