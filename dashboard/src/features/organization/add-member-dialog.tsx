import { standardSchemaResolver } from '@hookform/resolvers/standard-schema'
import { useMutation } from '@tanstack/react-query'
import { Controller, useForm } from 'react-hook-form'
import { toast } from 'sonner'
import * as z from 'zod/mini'
import { api, take } from '../../app/api.ts'
import { queryClient } from '../../app/query-client.ts'
import { useCan, useOrganization } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { Select } from '../../ui/select.tsx'
import { FormError } from '../auth/form-error.tsx'
import { membersQuery } from './queries.ts'
import { roles } from './roles.ts'

const schema = z.object({
  email: z.email('This is not an e-mail address.'),
  role: z.enum(['owner', 'admin', 'member', 'guest']),
})

export function AddMemberDialog({ onClose }: { onClose: () => void }) {
  const organization = useOrganization()
  const managesOwners = useCan('manage:owners')
  const form = useForm<z.infer<typeof schema>>({
    resolver: standardSchemaResolver(schema),
    defaultValues: { email: '', role: 'member' },
  })
  const add = useMutation({
    mutationFn: (body: z.infer<typeof schema>) =>
      take(
        api.POST('/api/v1/organizations/{id}/members', { params: { path: { id: organization.id } }, body }),
      ),
    onSuccess: async (member) => {
      await queryClient.invalidateQueries({ queryKey: membersQuery(organization.id).queryKey })
      toast(`${member.name} belongs to ${organization.name} now`)
      onClose()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add a member"
      description="The person needs an account on this server. They find the organization in their switcher at once."
    >
      <form
        noValidate
        onSubmit={(event) => void form.handleSubmit((values) => add.mutate(values))(event)}
        className="flex flex-col gap-4"
      >
        <Field label="E-mail" error={form.formState.errors.email?.message}>
          {(control) => <Input {...control} {...form.register('email')} type="email" autoComplete="off" />}
        </Field>
        <Field label="Role" hint={roles.find((role) => role.value === form.watch('role'))?.hint}>
          {(control) => (
            <Controller
              control={form.control}
              name="role"
              render={({ field }) => (
                <Select
                  id={control.id}
                  value={field.value}
                  onChange={field.onChange}
                  options={roles.filter((role) => role.value !== 'owner' || managesOwners)}
                  className="w-full [&>select]:h-9"
                />
              )}
            />
          )}
        </Field>
        <FormError error={add.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={add.isPending}>
            Add
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
