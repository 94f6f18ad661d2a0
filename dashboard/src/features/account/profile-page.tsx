import { useMutation } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import { api } from '../../app/api.ts'
import { sessionChanged, useSession } from '../../app/session.ts'
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
      await sessionChanged()
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

/** A link and not a request: the file is written to the disk as it comes, however long it is. */
function Export() {
  return (
    <AccountSection
      title="Your data"
      description="All that this server knows of you: profile, sessions, devices and what happened to the account; and in each of your organizations the conversations, uploads, keys, usage and audit entries that are yours."
    >
      <Button asChild>
        <a href="/api/v1/user/export" download="freehold-account.json">
          <Download /> Export my data
        </a>
      </Button>
    </AccountSection>
  )
}
