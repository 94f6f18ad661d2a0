import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { api, take } from '../../app/api.ts'
import type { CustomRole } from '../../app/api-types.ts'
import { queryClient } from '../../app/query-client.ts'
import { refreshSession, useOrganization, useSession } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { FormError } from '../auth/form-error.tsx'
import { PermissionPicker } from './permission-picker.tsx'
import { customRolesQuery, permissionsQuery } from './queries.ts'

/** Makes a role of the organization's own, or changes one. */
export function RoleDialog({
  existing,
  onClose,
  onSaved,
}: {
  /** Null to make a new one. */
  existing: CustomRole | null
  onClose: () => void
  onSaved?: (role: CustomRole) => void
}) {
  const organization = useOrganization()
  const { permissions: held } = useSession()
  const permissions = useQuery(permissionsQuery)
  const [name, setName] = useState(existing?.name ?? '')
  const [description, setDescription] = useState(existing?.description ?? '')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(existing?.permissions ?? []))
  const save = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), description: description.trim(), permissions: [...chosen] }
      return existing === null
        ? take(
            api.POST('/api/v1/organizations/{id}/roles', { params: { path: { id: organization.id } }, body }),
          )
        : take(
            api.PATCH('/api/v1/organizations/{id}/roles/{roleId}', {
              params: { path: { id: organization.id, roleId: existing.id } },
              body,
            }),
          )
    },
    onSuccess: async (saved) => {
      await queryClient.invalidateQueries({ queryKey: customRolesQuery(organization.id).queryKey })
      // It may be one's own.
      refreshSession().catch(() => undefined)
      toast(existing === null ? `The role “${saved.name}” was made` : `“${saved.name}” was changed`, {
        ...(existing === null ? {} : { description: 'It counts at once, for everybody who has it.' }),
      })
      onClose()
      onSaved?.(saved)
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={existing === null ? 'Make a role' : `Change “${existing.name}”`}
      description="What it allows beside seeing the organization and one's own account. Nobody can put into a role what they do not hold."
      className="max-w-2xl"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
        className="flex flex-col gap-4"
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Name">
            {(control) => (
              <Input
                {...control}
                value={name}
                required
                maxLength={60}
                placeholder="Night shift"
                autoFocus
                autoComplete="off"
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          <Field label="What it is for">
            {(control) => (
              <Input
                {...control}
                value={description}
                maxLength={500}
                placeholder="Reads the handbook, asks, changes nothing"
                autoComplete="off"
                onChange={(event) => setDescription(event.target.value)}
              />
            )}
          </Field>
        </div>
        {permissions.isPending ? <SkeletonRows rows={6} /> : null}
        {permissions.isError ? (
          <ErrorState error={permissions.error} onRetry={() => void permissions.refetch()} />
        ) : null}
        {permissions.data ? (
          <PermissionPicker
            label="Permissions"
            permissions={permissions.data.filter(({ grantable }) => grantable)}
            held={held}
            value={chosen}
            onChange={setChosen}
          />
        ) : null}
        <FormError error={save.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            busy={save.isPending}
            disabled={name.trim() === '' || chosen.size === 0}
          >
            {existing === null ? 'Make the role' : 'Save the role'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
