import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Bot, Plus } from 'lucide-react'
import { useMemo, useState } from 'react'
import type { ApiKey, ServiceAccount } from '../../app/api-types.ts'
import { useCan } from '../../app/session.ts'
import { StatusDot } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Page, useTitle } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { isUsable } from '../api-keys/key-state.tsx'
import { apiKeysQuery } from '../api-keys/queries.ts'
import { OrganizationHeader } from '../organization/organization-header.tsx'
import { roleNameOf } from '../organization/roles.ts'
import { DeleteServiceAccountDialog } from './delete-service-account-dialog.tsx'
import { serviceAccountsQuery } from './queries.ts'
import { ServiceAccountDialog } from './service-account-dialog.tsx'
import { ServiceAccountInspector } from './service-account-inspector.tsx'

const route = getRouteApi('/app/organization/service-accounts')

function AccountLink({ account }: { account: ServiceAccount }) {
  return (
    <Link
      to="/organization/service-accounts"
      search={{ account: account.id }}
      data-row-primary
      className="block truncate rounded-sm font-medium after:absolute after:inset-0 after:content-['']"
    >
      {account.name}
    </Link>
  )
}

function AccountState({ account }: { account: ServiceAccount }) {
  return account.disabled ? (
    <StatusDot tone="neutral">Disabled</StatusDot>
  ) : (
    <StatusDot tone="accent">Active</StatusDot>
  )
}

export function ServiceAccountsPage() {
  useTitle('Service accounts')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const canManage = useCan('manage:service_accounts')
  const accounts = useInfiniteQuery(serviceAccountsQuery)
  const keys = useInfiniteQuery({ ...apiKeysQuery, enabled: useCan('read:api_keys') })
  const [editing, setEditing] = useState<ServiceAccount | null>(null)
  const [deleting, setDeleting] = useState<ServiceAccount | null>(null)
  const open = accounts.data?.find(({ id }) => id === search.account)
  const create = (): void => void navigate({ search: { create: true }, replace: true })

  const keysByOwner = useMemo(() => {
    const byOwner = new Map<string, ApiKey[]>()
    for (const key of keys.data ?? []) {
      const { kind, id } = key.owner
      if (kind === 'service_account' && id !== null) byOwner.set(id, [...(byOwner.get(id) ?? []), key])
    }
    return byOwner
  }, [keys.data])
  const columns = useMemo<readonly Column<ServiceAccount>[]>(() => {
    const usableOf = (account: ServiceAccount) => (keysByOwner.get(account.id) ?? []).filter(isUsable).length
    return [
      {
        id: 'name',
        header: 'Name',
        className: 'w-1/3 max-w-0',
        cell: (account) => <AccountLink account={account} />,
      },
      {
        id: 'description',
        header: 'What it does',
        className: 'w-full max-w-0 @max-[52rem]:hidden',
        cell: (account) => <span className="block truncate text-ink-2">{account.description || '–'}</span>,
      },
      { id: 'role', header: 'Role', className: 'whitespace-nowrap', cell: roleNameOf },
      { id: 'state', header: 'State', cell: (account) => <AccountState account={account} /> },
      { id: 'keys', header: 'Keys', numeric: true, cell: usableOf },
      {
        id: 'created',
        header: 'Created',
        numeric: true,
        className: 'whitespace-nowrap text-ink-2',
        cell: (account) => <Time value={account.createdAt} />,
      },
    ]
  }, [keysByOwner])

  return (
    <Page
      inspector={
        open ? (
          <ServiceAccountInspector
            account={open}
            keys={keysByOwner.get(open.id) ?? []}
            onEdit={() => setEditing(open)}
            onDelete={() => setDeleting(open)}
            onClose={() => void navigate({ search: {} })}
          />
        ) : null
      }
    >
      <OrganizationHeader
        actions={
          canManage ? (
            <Button variant="primary" onClick={create}>
              <Plus /> Create an account
            </Button>
          ) : null
        }
      />
      {accounts.isPending || keys.isLoading ? <SkeletonRows rows={3} className="mt-3" /> : null}
      {accounts.isError ? (
        <ErrorState
          error={accounts.error}
          title="The service accounts could not be loaded"
          onRetry={() => void accounts.refetch()}
          className="mt-6"
        />
      ) : null}
      {accounts.data?.length === 0 && !keys.isLoading ? (
        <EmptyState
          icon={<Bot />}
          title="No service account yet"
          action={
            canManage ? (
              <Button variant="primary" onClick={create}>
                Create an account
              </Button>
            ) : null
          }
        >
          A program's own identity, with a role and keys. It stays when people leave, and can be disabled with
          everything it holds by one press.
        </EmptyState>
      ) : null}
      {accounts.data && accounts.data.length > 0 && !keys.isLoading ? (
        <div className="mt-2">
          <DataTable
            label="Service accounts"
            columns={columns}
            rows={accounts.data}
            rowKey={(account) => account.id}
            activeKey={search.account}
            compact={(account) => (
              <div>
                <div className="flex items-baseline justify-between gap-3">
                  <AccountLink account={account} />
                  <span className="shrink-0 text-sm text-ink-2">
                    <AccountState account={account} />
                  </span>
                </div>
                <p className="text-sm text-ink-2">
                  {roleNameOf(account)}
                  {account.description ? ` · ${account.description}` : ''}
                </p>
              </div>
            )}
            onLoadMore={accounts.hasNextPage ? () => void accounts.fetchNextPage() : undefined}
            loadingMore={accounts.isFetchingNextPage}
          />
        </div>
      ) : null}
      {search.create && canManage ? (
        <ServiceAccountDialog
          account={null}
          onClose={() => void navigate({ search: {}, replace: true })}
          onSaved={(saved) => void navigate({ search: { account: saved.id } })}
        />
      ) : null}
      {editing ? <ServiceAccountDialog account={editing} onClose={() => setEditing(null)} /> : null}
      {deleting ? (
        <DeleteServiceAccountDialog
          account={deleting}
          usableKeys={(keysByOwner.get(deleting.id) ?? []).filter(isUsable).length}
          onClose={() => setDeleting(null)}
          onDeleted={() => {
            setDeleting(null)
            void navigate({ search: {} })
          }}
        />
      ) : null}
    </Page>
  )
}
