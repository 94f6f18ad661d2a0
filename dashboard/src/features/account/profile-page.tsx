import { useMutation } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import { api, take } from '../../app/api.ts'
import { queryClient } from '../../app/query-client.ts'
import { sessionQuery, useSession } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { CopyId } from '../../ui/copy.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { Page, useTitle } from '../../ui/page.tsx'
import { Time } from '../../ui/time.tsx'
import { FormError } from '../auth/form-error.tsx'
import { AccountHeader } from './account-header.tsx'
import { AccountSection } from './account-section.tsx'
import { AddressSection } from './address-section.tsx'
import { DeleteAccountDialog } from './delete-account-dialog.tsx'
import { saveFile } from './save-file.ts'

export function ProfilePage() {
  useTitle('Your account')
  const [deleting, setDeleting] = useState(false)
  return (
    <Page>
      <AccountHeader />
      <Name />
      <AddressSection />
      <Export />
      <AccountSection
        title="Delete the account"
        description="Your sessions, factors, memberships and personal keys go with it. What you made in organizations stays with them."
      >
        <Button className="text-red" onClick={() => setDeleting(true)}>
          Delete my account
        </Button>
      </AccountSection>
      {deleting ? <DeleteAccountDialog onClose={() => setDeleting(false)} /> : null}
    </Page>
  )
}

function Name() {
  const { user } = useSession()
  const [name, setName] = useState(user.name)
  const save = useMutation({
    mutationFn: () => api.PATCH('/api/v1/user/profile', { body: { name: name.trim() } }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey })
      toast('Your name was changed')
    },
  })
  return (
    <AccountSection title="Your name" description="As the others in your organizations see it.">
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
              autoComplete="name"
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <FormError error={save.error} />
        <Button
          type="submit"
          variant="primary"
          busy={save.isPending}
          disabled={name.trim() === '' || name.trim() === user.name}
          className="self-start"
        >
          Save the name
        </Button>
      </form>
      <dl className="mt-6 border-t text-sm">
        <div className="flex flex-wrap items-baseline justify-between gap-x-4 border-b py-2.5 last:border-b-0">
          <dt className="text-ink-2">Account id</dt>
          <dd>
            <CopyId value={user.id} />
          </dd>
        </div>
        <div className="flex flex-wrap items-baseline justify-between gap-x-4 border-b py-2.5 last:border-b-0">
          <dt className="text-ink-2">Created</dt>
          <dd>
            <Time value={user.createdAt} />
          </dd>
        </div>
        {user.superAdmin ? (
          <div className="flex flex-wrap items-baseline justify-between gap-x-4 border-b py-2.5 last:border-b-0">
            <dt className="text-ink-2">Operator</dt>
            <dd>Runs this whole installation</dd>
          </div>
        ) : null}
      </dl>
    </AccountSection>
  )
}

function Export() {
  const load = useMutation({
    mutationFn: () => take(api.GET('/api/v1/user/export')),
    onSuccess: (data) => {
      saveFile('freehold-account.json', JSON.stringify(data, null, 2), 'application/json')
      toast('Your data was saved as freehold-account.json')
    },
  })
  return (
    <AccountSection
      title="Your data"
      description="All that this server knows of you: profile, memberships, sessions, devices and what happened to the account. The things of your organizations are theirs."
    >
      <Button busy={load.isPending} onClick={() => load.mutate()}>
        <Download /> {load.isPending ? 'Gathering your data' : 'Export my data'}
      </Button>
      <div className="mt-3 empty:hidden">
        <FormError error={load.error} />
      </div>
    </AccountSection>
  )
}
