import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Ban, KeyRound, Pencil, Play, Trash2 } from 'lucide-react'
import { toast } from 'sonner'
import { api, messageOf, take } from '../../app/api.ts'
import type { ApiKey, ServiceAccount } from '../../app/api-types.ts'
import { queryClient } from '../../app/query-client.ts'
import { useCan } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { CopyId } from '../../ui/copy.tsx'
import { Inspector } from '../../ui/inspector.tsx'
import { Time } from '../../ui/time.tsx'
import { KeyState } from '../api-keys/key-state.tsx'
import { roleNameOf, roleValueOf, useRoleChoices } from '../organization/roles.ts'
import { serviceAccountsQuery } from './queries.ts'

export function ServiceAccountInspector({
  account,
  keys,
  onEdit,
  onDelete,
  onClose,
}: {
  account: ServiceAccount
  keys: readonly ApiKey[]
  onEdit: () => void
  onDelete: () => void
  onClose: () => void
}) {
  const choices = useRoleChoices()
  const mayChange = useCan('manage:service_accounts') && choices.mayGive(roleValueOf(account))
  const canManageKeys = useCan('manage:api_keys')
  const toggle = useMutation({
    mutationFn: (disabled: boolean) =>
      take(
        api.PATCH('/api/v1/service-accounts/{id}', {
          params: { path: { id: account.id } },
          body: { disabled },
        }),
      ),
    onSuccess: async ({ disabled }) => {
      await queryClient.invalidateQueries({ queryKey: serviceAccountsQuery.queryKey })
      toast(disabled ? `“${account.name}” is disabled` : `“${account.name}” works again`, {
        description: disabled ? 'Its keys open nothing until it is enabled.' : 'So do its keys.',
        action: { label: 'Undo', onClick: () => toggle.mutate(!disabled) },
      })
    },
    onError: (error) => toast.error('The account was not changed', { description: messageOf(error) }),
  })
  return (
    <Inspector
      title={account.name}
      subtitle={account.disabled ? 'Disabled: its keys open nothing' : 'A service account'}
      onClose={onClose}
    >
      <div className="p-5">
        {account.description ? (
          <p className="mb-4 text-sm text-pretty text-ink-2">{account.description}</p>
        ) : null}
        {mayChange ? (
          <div className="mb-5 flex flex-wrap gap-2">
            <Button size="sm" onClick={onEdit}>
              <Pencil /> Change
            </Button>
            <Button size="sm" busy={toggle.isPending} onClick={() => toggle.mutate(!account.disabled)}>
              {account.disabled ? <Play /> : <Ban />} {account.disabled ? 'Enable' : 'Disable'}
            </Button>
            <Button size="sm" onClick={onDelete}>
              <Trash2 /> Delete
            </Button>
          </div>
        ) : null}
        <dl className="border-t text-sm">
          <div className="flex items-baseline justify-between gap-4 border-b py-2">
            <dt className="text-ink-2">Role</dt>
            <dd>{roleNameOf(account)}</dd>
          </div>
          <div className="flex items-baseline justify-between gap-4 border-b py-2">
            <dt className="text-ink-2">Created</dt>
            <dd>
              <Time value={account.createdAt} />
            </dd>
          </div>
          <div className="flex items-baseline justify-between gap-4 border-b py-2">
            <dt className="text-ink-2">Id</dt>
            <dd>
              <CopyId value={account.id} short />
            </dd>
          </div>
        </dl>
        <section aria-labelledby="its-keys" className="mt-6">
          <div className="flex min-h-8 items-center justify-between gap-3">
            <h3 id="its-keys" className="text-sm font-medium">
              Its API keys
            </h3>
            {canManageKeys && !account.disabled ? (
              <Button asChild size="sm">
                <Link to="/connect/keys" search={{ create: true, owner: account.id }}>
                  <KeyRound /> Create a key
                </Link>
              </Button>
            ) : null}
          </div>
          {keys.length === 0 ? (
            <p className="mt-1 border-t pt-2 text-sm text-ink-2">None yet: nothing can act as it.</p>
          ) : (
            <ul className="mt-1 border-t">
              {keys.map((key) => (
                <li key={key.id} className="border-b py-2 text-sm">
                  <div className="flex items-baseline justify-between gap-3">
                    <span className="min-w-0 truncate font-medium">{key.name}</span>
                    <span className="shrink-0 text-ink-2">
                      <KeyState apiKey={key} />
                    </span>
                  </div>
                  <p className="mt-0.5 font-mono text-xs text-ink-3">{key.prefix}…</p>
                </li>
              ))}
            </ul>
          )}
        </section>
      </div>
    </Inspector>
  )
}
