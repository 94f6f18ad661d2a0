import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { api, take } from '../../app/api.ts'
import { sessionChanged, useCan, useOrganization } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { CopyId } from '../../ui/copy.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { Page, SectionHeader, useTitle } from '../../ui/page.tsx'
import { FormError } from '../auth/form-error.tsx'
import { DeleteOrganizationDialog } from './delete-organization-dialog.tsx'
import { LeaveDialog } from './leave-dialog.tsx'
import { ModelSettings } from './model-settings.tsx'
import { OrganizationHeader } from './organization-header.tsx'
import { roleInWords, roleNameOf } from './roles.ts'

export function SettingsPage() {
  useTitle('Settings')
  const organization = useOrganization()
  const canUpdate = useCan('update:organization')
  const canDelete = useCan('delete:organization')
  const [name, setName] = useState(organization.name)
  const [asking, setAsking] = useState<'leave' | 'delete' | null>(null)
  const save = useMutation({
    mutationFn: () =>
      take(
        api.PATCH('/api/v1/organizations/{id}', {
          params: { path: { id: organization.id } },
          body: { name: name.trim() },
        }),
      ),
    onSuccess: async () => {
      await sessionChanged()
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
                hint: `Only admins and owners rename it; you are ${roleInWords(organization)}.`,
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
      <ModelSettings />
      <dl className="mt-12 max-w-2xl border-t">
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
          <dd>{roleNameOf(organization)}</dd>
        </div>
      </dl>
      <section aria-labelledby="going" className="mt-12 max-w-2xl">
        <SectionHeader id="going" title="Leaving and deleting" />
        <ul className="mt-1 border-t border-line-strong">
          <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-b py-3">
            <div className="min-w-0 flex-1 basis-64">
              <p className="font-medium">Leave {organization.name}</p>
              <p className="text-sm text-pretty text-ink-2">
                You see nothing of it any more, and your API keys in it end.
              </p>
            </div>
            <Button onClick={() => setAsking('leave')}>Leave</Button>
          </li>
          {canDelete ? (
            <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-b py-3">
              <div className="min-w-0 flex-1 basis-64">
                <p className="font-medium">Delete {organization.name}</p>
                <p className="text-sm text-pretty text-ink-2">
                  For everybody. It can be restored for 30 days; then all of it is erased.
                </p>
              </div>
              <Button onClick={() => setAsking('delete')} className="border-red-line text-red">
                Delete
              </Button>
            </li>
          ) : null}
        </ul>
      </section>
      {asking === 'leave' ? <LeaveDialog isLastOwner={false} onClose={() => setAsking(null)} /> : null}
      {asking === 'delete' ? <DeleteOrganizationDialog onClose={() => setAsking(null)} /> : null}
    </Page>
  )
}
