import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, take } from '../../app/api.ts'
import type { NewApiKey } from '../../app/api-types.ts'
import { queryClient } from '../../app/query-client.ts'
import { useCan, useSession } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { Select } from '../../ui/select.tsx'
import { FormError } from '../auth/form-error.tsx'
import { PermissionPicker } from '../organization/permission-picker.tsx'
import { permissionsQuery } from '../organization/queries.ts'
import { ProjectSelect } from '../projects/project-select.tsx'
import { serviceAccountsQuery } from '../service-accounts/queries.ts'
import { firstBadAddress, splitAddresses } from './addresses.ts'
import { NewKeyDialog } from './new-key-dialog.tsx'
import { apiKeysQuery } from './queries.ts'

const lifetimes = [
  { value: 'never', label: 'Never' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
] as const

type Lifetime = (typeof lifetimes)[number]['value']

/** The person's own key; anything else is a service account's id. */
const self = 'self'

export function CreateKeyDialog({
  owner: first,
  name: firstName = '',
  scope,
  onClose,
}: {
  owner?: string | undefined
  name?: string | undefined
  /** The one permission that is chosen to begin with. */
  scope?: string | undefined
  onClose: () => void
}) {
  const { user, permissions: held } = useSession()
  const accounts = useInfiniteQuery({ ...serviceAccountsQuery, enabled: useCan('read:service_accounts') })
  const permissions = useQuery(permissionsQuery)
  const [name, setName] = useState(firstName)
  const [owner, setOwner] = useState(first ?? self)
  const [lifetime, setLifetime] = useState<Lifetime>('never')
  const [reach, setReach] = useState<'all' | 'some'>(scope === undefined ? 'all' : 'some')
  const [scopes, setScopes] = useState<ReadonlySet<string>>(new Set(scope === undefined ? [] : [scope]))
  const [addresses, setAddresses] = useState('')
  const [perMinute, setPerMinute] = useState('')
  const [projectId, setProjectId] = useState('')
  const bad = firstBadAddress(splitAddresses(addresses))
  const create = useMutation({
    mutationFn: () => {
      const allowedIps = splitAddresses(addresses)
      return take(
        api.POST('/api/v1/api-keys', {
          body: {
            name: name.trim(),
            ...(owner === self ? {} : { serviceAccountId: owner }),
            ...(lifetime === 'never'
              ? {}
              : { expiresAt: new Date(Date.now() + Number(lifetime) * 86_400_000).toISOString() }),
            // The picker offers what the server listed as grantable, which is what a scope can be.
            ...(reach === 'all' ? {} : { scopes: [...scopes] as NonNullable<NewApiKey['scopes']> }),
            ...(allowedIps.length === 0 ? {} : { allowedIps }),
            ...(projectId === '' ? {} : { projectId }),
            ...(perMinute === '' ? {} : { requestsPerMinute: Number(perMinute) }),
          },
        }),
      )
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: apiKeysQuery.queryKey }),
  })
  if (create.data) {
    return (
      <NewKeyDialog created={create.data} title={`“${create.data.name}” was created`} onClose={onClose} />
    )
  }
  const owners = [
    { value: self, label: `${user.name} (you)` },
    ...(accounts.data ?? []).map(({ id, name: label }) => ({ value: id, label })),
  ]
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Create an API key"
      description="A program's credential. Its calls count against the organization's budget."
      className={reach === 'some' ? 'max-w-2xl' : ''}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate()
        }}
        className="flex flex-col gap-4"
      >
        <Field label="Name" hint="What will use it, so that you know later which one to revoke.">
          {(control) => (
            <Input
              {...control}
              value={name}
              required
              maxLength={120}
              placeholder="Website backend"
              autoFocus
              autoComplete="off"
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label="Belongs to"
            hint={
              owner === self
                ? 'It ends when you leave the organization. For what must last, use a service account.'
                : 'It stays when people leave, and is disabled with the account.'
            }
          >
            {(control) => (
              <Select
                id={control.id}
                value={owner}
                onChange={setOwner}
                options={owners}
                className="w-full [&>select]:h-9"
              />
            )}
          </Field>
          <Field label="Expires">
            {(control) => (
              <Select
                id={control.id}
                value={lifetime}
                onChange={setLifetime}
                options={lifetimes}
                className="w-full [&>select]:h-9"
              />
            )}
          </Field>
        </div>
        <ProjectSelect
          label="Project"
          none="None: each call may name one"
          hint="What its calls are counted for."
          value={projectId}
          onChange={setProjectId}
        />
        <div>
          <p id="reach" className="mb-1.5 text-sm font-medium">
            It may do
          </p>
          <Segmented
            label="It may do"
            value={reach}
            onChange={setReach}
            options={[
              { value: 'all', label: 'All its owner may' },
              { value: 'some', label: 'Only what I choose' },
            ]}
          />
          {scope !== undefined && scopes.size === 1 && scopes.has(scope) ? (
            <p className="mt-1.5 text-xs text-ink-3">
              Chosen already: <span className="font-mono">{scope}</span>, and nothing else.
            </p>
          ) : null}
        </div>
        {reach === 'some' && permissions.data ? (
          <PermissionPicker
            label="Permissions"
            permissions={permissions.data.filter(({ grantable }) => grantable)}
            held={held}
            value={scopes}
            onChange={setScopes}
          />
        ) : null}
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label="Allowed addresses"
            hint="IP addresses or ranges, separated by spaces. Empty: from anywhere."
            error={bad ? `“${bad}” is no address or range.` : undefined}
          >
            {(control) => (
              <Input
                {...control}
                value={addresses}
                placeholder="203.0.113.0/24"
                autoComplete="off"
                spellCheck={false}
                onChange={(event) => setAddresses(event.target.value)}
                className="font-mono text-sm"
              />
            )}
          </Field>
          <Field label="Requests a minute" hint="Empty: as many as the server allows.">
            {(control) => (
              <Input
                {...control}
                type="number"
                min={1}
                max={1_000_000}
                step={1}
                inputMode="numeric"
                value={perMinute}
                placeholder="600"
                onChange={(event) => setPerMinute(event.target.value)}
              />
            )}
          </Field>
        </div>
        <FormError error={create.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            busy={create.isPending}
            disabled={name.trim() === '' || bad !== undefined || (reach === 'some' && scopes.size === 0)}
          >
            Create the key
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
