import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { api } from '../../app/api.ts'
import type { Passkey } from '../../app/api-types.ts'
import { queryClient } from '../../app/query-client.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { FormError } from '../auth/form-error.tsx'
import { createPasskey } from '../auth/passkeys.ts'
import { PasswordField } from './password-dialog.tsx'
import { PasswordProblem } from './password-problem.tsx'
import { passkeysQuery, profileQuery } from './queries.ts'

const reload = (): Promise<void> => queryClient.invalidateQueries({ queryKey: passkeysQuery.queryKey })

function NameField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <Field label="Name" hint="Which device it is on, so that you know later which one to remove.">
      {(control) => (
        <Input
          {...control}
          value={value}
          required
          autoFocus
          maxLength={60}
          placeholder="Work laptop"
          autoComplete="off"
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}

export function AddPasskeyDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const { data: profile } = useQuery(profileQuery)
  const add = useMutation({
    mutationFn: () => createPasskey({ name: name.trim(), password }),
    onSuccess: async (passkey) => {
      await reload()
      toast(`“${passkey.name}” can sign you in from now on`)
      onClose()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add a passkey"
      description="Your browser then asks where to keep it: on this device, on your phone or on a security key."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          add.mutate()
        }}
        className="flex flex-col gap-4"
      >
        <NameField value={name} onChange={setName} />
        {profile?.hasPassword === false ? null : <PasswordField value={password} onChange={setPassword} />}
        <PasswordProblem error={add.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={add.isPending} disabled={name.trim() === ''}>
            {add.isPending ? 'Waiting for the browser' : 'Make the passkey'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

export function RenamePasskeyDialog({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const [name, setName] = useState(passkey.name)
  const rename = useMutation({
    mutationFn: () =>
      api.PATCH('/api/v1/user/passkeys/{id}', {
        params: { path: { id: passkey.id } },
        body: { name: name.trim() },
      }),
    onSuccess: async () => {
      await reload()
      onClose()
    },
  })
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Rename the passkey">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          rename.mutate()
        }}
        className="flex flex-col gap-4"
      >
        <NameField value={name} onChange={setName} />
        <FormError error={rename.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            busy={rename.isPending}
            disabled={name.trim() === '' || name.trim() === passkey.name}
          >
            Rename
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

/** At once and without an undo: who removes a passkey may have lost the device. */
export function RemovePasskeyDialog({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const remove = useMutation({
    mutationFn: () => api.DELETE('/api/v1/user/passkeys/{id}', { params: { path: { id: passkey.id } } }),
    onSuccess: async () => {
      await reload()
      toast(`“${passkey.name}” was removed`)
      onClose()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Remove “${passkey.name}”?`}
      description="It signs you in no more. The device may still offer it until you delete it there too."
    >
      <FormError error={remove.error} />
      <DialogActions>
        <Button onClick={onClose}>Keep it</Button>
        <Button variant="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
          Remove the passkey
        </Button>
      </DialogActions>
    </Dialog>
  )
}
