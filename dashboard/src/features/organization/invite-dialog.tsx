import { standardSchemaResolver } from '@hookform/resolvers/standard-schema'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { toast } from 'sonner'
import * as z from 'zod/mini'
import { api, take } from '../../app/api.ts'
import { queryClient } from '../../app/query-client.ts'
import { useOrganization } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { FormError } from '../auth/form-error.tsx'
import { InvitationLinkDialog } from './invitation-link-dialog.tsx'
import { invitationsQuery } from './queries.ts'
import { RoleField } from './role-field.tsx'
import { roleBody, roles, useRoleChoices } from './roles.ts'

const schema = z.object({ email: z.email('This is not an e-mail address.') })
const builtIn = roles.map((role) => role.value)

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const organization = useOrganization()
  const choices = useRoleChoices()
  const [role, setRole] = useState('member')
  const form = useForm<z.infer<typeof schema>>({
    resolver: standardSchemaResolver(schema),
    defaultValues: { email: '' },
  })
  const invite = useMutation({
    mutationFn: ({ email }: z.infer<typeof schema>) =>
      take(
        api.POST('/api/v1/organizations/{id}/invitations', {
          params: { path: { id: organization.id } },
          body: { email, ...roleBody(role, builtIn) },
        }),
      ),
    onSuccess: async ({ email, link }) => {
      await queryClient.invalidateQueries({ queryKey: invitationsQuery(organization.id).queryKey })
      if (link !== null) return
      toast(`${email} is invited`, {
        description: 'The link in the letter works once, for seven days.',
      })
      onClose()
    },
  })
  const link = invite.data?.link
  if (invite.data && typeof link === 'string')
    return <InvitationLinkDialog invitation={{ ...invite.data, link }} onClose={onClose} />
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Invite somebody to ${organization.name}`}
      description="They get a letter with a link, sign in or create an account with that address, and belong here once they accept."
    >
      <form
        noValidate
        onSubmit={(event) => void form.handleSubmit((values) => invite.mutate(values))(event)}
        className="flex flex-col gap-4"
      >
        <Field label="E-mail" error={form.formState.errors.email?.message}>
          {(control) => (
            <Input
              {...control}
              {...form.register('email')}
              type="email"
              autoComplete="off"
              placeholder="grace@example.com"
              autoFocus
            />
          )}
        </Field>
        <RoleField
          value={role}
          onChange={setRole}
          choices={choices.all.filter(({ value }) => value === role || choices.mayGive(value))}
        />
        <FormError error={invite.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={invite.isPending}>
            Send the invitation
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
