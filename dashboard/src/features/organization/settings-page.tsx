import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { api, take } from '../../app/api.ts'
import { queryClient } from '../../app/query-client.ts'
import { sessionQuery, useCan, useOrganization } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { CopyId } from '../../ui/copy.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { Page, useTitle } from '../../ui/page.tsx'
import { FormError } from '../auth/form-error.tsx'
import { OrganizationHeader } from './organization-header.tsx'
import { roleLabel } from './roles.ts'

export function SettingsPage() {
  useTitle('Settings')
  const organization = useOrganization()
  const canUpdate = useCan('update:organization')
  const [name, setName] = useState(organization.name)
  const save = useMutation({
    mutationFn: () =>
      take(
        api.PATCH('/api/v1/organizations/{id}', {
          params: { path: { id: organization.id } },
          body: { name: name.trim() },
        }),
      ),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey })
      toast('The organization was renamed')
    },
  })
  return (
    <Page>
      <OrganizationHeader />
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
        className="mt-6 flex max-w-md flex-col gap-4"
      >
        <Field
          label="Name"
          {...(canUpdate
            ? {}
            : {
                hint: `Only admins and owners rename it; you are ${roleLabel(organization.role).toLowerCase()}.`,
              })}
        >
          {(control) => (
            <Input
              {...control}
              value={name}
              required
              maxLength={120}
              readOnly={!canUpdate}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <FormError error={save.error} />
        {canUpdate ? (
          <Button
            type="submit"
            variant="primary"
            busy={save.isPending}
            disabled={name.trim() === '' || name.trim() === organization.name}
            className="self-start"
          >
            Save the name
          </Button>
        ) : null}
      </form>
      <dl className="mt-10 max-w-md border-t">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4 border-b py-2.5">
          <dt className="text-ink-2">Organization id</dt>
          <dd>
            <CopyId value={organization.id} />
          </dd>
        </div>
        <div className="flex flex-wrap items-baseline justify-between gap-x-4 border-b py-2.5">
          <dt className="text-ink-2">Slug</dt>
          <dd>
            <CopyId value={organization.slug} />
          </dd>
        </div>
        <div className="flex flex-wrap items-baseline justify-between gap-x-4 border-b py-2.5">
          <dt className="text-ink-2">Your role</dt>
          <dd>{roleLabel(organization.role)}</dd>
        </div>
      </dl>
    </Page>
  )
}
