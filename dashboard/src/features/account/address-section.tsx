import { useMutation, useQuery } from '@tanstack/react-query'
import { BadgeCheck } from 'lucide-react'
import { useState } from 'react'
import { api } from '../../app/api.ts'
import { queryClient } from '../../app/query-client.ts'
import { useSession } from '../../app/session.ts'
import { StatusDot } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { LetterAgain } from '../auth/letter-again.tsx'
import { AccountSection } from './account-section.tsx'
import { PasswordField } from './password-dialog.tsx'
import { PasswordProblem } from './password-problem.tsx'
import { profileQuery } from './queries.ts'

export function AddressSection() {
  const { user } = useSession()
  const { data: profile } = useQuery(profileQuery)
  const [changing, setChanging] = useState(false)
  return (
    <AccountSection
      title="E-mail address"
      description="You sign in with it, and letters about the safety of your account go there."
    >
      <p className="font-medium wrap-anywhere">{user.email}</p>
      {user.emailVerified ? (
        <p className="mt-1 flex items-center gap-1.5 text-sm text-accent-ink">
          <BadgeCheck className="size-4" aria-hidden /> Confirmed
        </p>
      ) : (
        <div className="mt-1 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
          <StatusDot tone="amber">Not confirmed yet</StatusDot>
          <LetterAgain email={user.email} />
        </div>
      )}
      {profile?.waitingEmail ? (
        <p role="status" className="mt-3 max-w-[60ch] rounded-md bg-amber-soft px-3 py-2 text-sm text-pretty">
          Becomes <span className="font-medium wrap-anywhere">{profile.waitingEmail}</span> when you open the
          link in the letter to that address. It works for one day.
        </p>
      ) : null}
      {profile?.addressManaged ? (
        <p className="mt-3 max-w-[60ch] text-sm text-pretty text-ink-2">
          Your organization keeps this address, by single sign-on or provisioning. Its administrators can
          change it.
        </p>
      ) : (
        <Button className="mt-4" onClick={() => setChanging(true)}>
          Change the address
        </Button>
      )}
      {changing ? (
        <ChangeAddressDialog hasPassword={profile?.hasPassword ?? true} onClose={() => setChanging(false)} />
      ) : null}
    </AccountSection>
  )
}

function ChangeAddressDialog({ hasPassword, onClose }: { hasPassword: boolean; onClose: () => void }) {
  const [newEmail, setNewEmail] = useState('')
  const [password, setPassword] = useState('')
  const ask = useMutation({
    mutationFn: () =>
      api.POST('/api/v1/user/email', {
        body: { newEmail: newEmail.trim(), ...(hasPassword ? { password } : {}) },
      }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: profileQuery.queryKey })
      onClose()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Change your e-mail address"
      description="A letter with a link goes to the new address, and the change counts when you open it. The old address is told, and can take it back for seven days."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          ask.mutate()
        }}
        className="flex flex-col gap-4"
      >
        <Field label="New address">
          {(control) => (
            <Input
              {...control}
              type="email"
              value={newEmail}
              required
              autoFocus
              maxLength={254}
              autoComplete="email"
              onChange={(event) => setNewEmail(event.target.value)}
            />
          )}
        </Field>
        {hasPassword ? <PasswordField value={password} onChange={setPassword} /> : null}
        <PasswordProblem error={ask.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            busy={ask.isPending}
            disabled={newEmail.trim() === '' || (hasPassword && password === '')}
          >
            {ask.isPending ? 'Sending the letter' : 'Send the letter'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
