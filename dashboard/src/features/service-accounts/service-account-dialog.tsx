import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { api, take } from '../../app/api.ts'
import type { ServiceAccount } from '../../app/api-types.ts'
import { queryClient } from '../../app/query-client.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { FormError } from '../auth/form-error.tsx'
import { RoleField } from '../organization/role-field.tsx'
import { roleBody, roleValueOf, useRoleChoices } from '../organization/roles.ts'
import { serviceAccountsQuery } from './queries.ts'

/** Machines are not owners. */
const builtIn = ['admin', 'member', 'guest'] as const

export function ServiceAccountDialog({
  account,
  onClose,
  onSaved,
}: {
  account: ServiceAccount | null
  onClose: () => void
  onSaved?: (account: ServiceAccount) => void
}) {
  const choices = useRoleChoices()
  const [name, setName] = useState(account?.name ?? '')
  const [description, setDescription] = useState(account?.description ?? '')
  const [role, setRole] = useState(account ? roleValueOf(account) : 'member')
  const save = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), description: description.trim(), ...roleBody(role, builtIn) }
      return account === null
        ? take(api.POST('/api/v1/service-accounts', { body }))
        : take(api.PATCH('/api/v1/service-accounts/{id}', { params: { path: { id: account.id } }, body }))
    },
    onSuccess: async (saved) => {
      await queryClient.invalidateQueries({ queryKey: serviceAccountsQuery.queryKey })
      toast(account === null ? `“${saved.name}” was created` : `“${saved.name}” was changed`)
      onClose()
      onSaved?.(saved)
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={account === null ? 'Create a service account' : `Change “${account.name}”`}
      description="An identity for a program. It belongs to the organization, so that its keys go on working when the person who made them leaves."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
        className="flex flex-col gap-4"
      >
        <Field label="Name">
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
        <Field label="What it does">
          {(control) => (
            <Input
              {...control}
              value={description}
              maxLength={500}
              placeholder="Answers the questions of visitors"
              autoComplete="off"
              onChange={(event) => setDescription(event.target.value)}
            />
          )}
        </Field>
        <RoleField
          value={role}
          onChange={setRole}
          choices={choices.all.filter(
            ({ value }) => value !== 'owner' && (value === role || choices.mayGive(value)),
          )}
        />
        <FormError error={save.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={save.isPending} disabled={name.trim() === ''}>
            {account === null ? 'Create the account' : 'Save'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
