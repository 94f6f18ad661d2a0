import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, take } from '../../app/api.ts'
import { queryClient } from '../../app/query-client.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { Select } from '../../ui/select.tsx'
import { FormError } from '../auth/form-error.tsx'
import { CallSnippets } from './call-snippets.tsx'
import { apiKeysQuery } from './queries.ts'

const lifetimes = [
  { value: 'never', label: 'Never' },
  { value: '30', label: 'In 30 days' },
  { value: '90', label: 'In 90 days' },
  { value: '365', label: 'In a year' },
] as const

type Lifetime = (typeof lifetimes)[number]['value']

export function CreateKeyDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('')
  const [lifetime, setLifetime] = useState<Lifetime>('never')
  const create = useMutation({
    mutationFn: () =>
      take(
        api.POST('/api/v1/api-keys', {
          body: {
            name: name.trim(),
            ...(lifetime === 'never'
              ? {}
              : { expiresAt: new Date(Date.now() + Number(lifetime) * 86_400_000).toISOString() }),
          },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: apiKeysQuery.queryKey }),
  })

  if (create.data) {
    return (
      <Dialog
        open
        onOpenChange={(open) => !open && onClose()}
        title={`“${create.data.name}” was created`}
        description="Copy the key now. Only its fingerprint is kept, so it cannot be shown again; a lost key is revoked and made anew."
        className="max-w-2xl"
      >
        <div className="flex items-center gap-2 rounded-md border border-accent-line bg-accent-soft py-2 pr-2 pl-3">
          <code data-testid="new-api-key" className="min-w-0 flex-1 font-mono text-sm break-all select-all">
            {create.data.key}
          </code>
          <CopyButton value={create.data.key} label="Copy the key" withText />
        </div>
        <h3 className="mt-5 text-sm font-medium">Try it</h3>
        <CallSnippets apiKey={create.data.key} />
        <DialogActions>
          <Button variant="primary" onClick={onClose}>
            I have copied it
          </Button>
        </DialogActions>
      </Dialog>
    )
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Create an API key"
      description="It may do what an admin may, except what belongs to people alone. Its calls count against the organization's budget."
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
              autoComplete="off"
              onChange={(event) => setName(event.target.value)}
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
        <FormError error={create.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={create.isPending} disabled={name.trim() === ''}>
            Create the key
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
