import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { api } from '../../app/api.ts'
import { queryClient } from '../../app/query-client.ts'
import { useSession } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { PasswordInput } from '../auth/password-input.tsx'
import { AccountSection } from './account-section.tsx'
import { methodNames } from './account-sentences.ts'
import { PasswordLetter } from './password-letter.tsx'
import { PasswordProblem } from './password-problem.tsx'
import { profileQuery, sessionsQuery } from './queries.ts'

export function PasswordSection() {
  const { data: profile } = useQuery(profileQuery)
  if (profile?.hasPassword !== false) return <ChangePassword />
  const ways = profile.signInMethods.map((method) => methodNames[method] ?? method)
  return (
    <AccountSection
      title="Password"
      description="With one you can sign in by yourself too, and confirm what a borrowed screen must not do."
    >
      <p>You have none{ways.length > 0 ? `: you sign in with ${ways.join(' and ')}` : ''}.</p>
      <PasswordLetter />
    </AccountSection>
  )
}

function ChangePassword() {
  const { user } = useSession()
  const [currentPassword, setCurrent] = useState('')
  const [newPassword, setNew] = useState('')
  const change = useMutation({
    mutationFn: () => api.POST('/api/v1/user/password', { body: { currentPassword, newPassword } }),
    onSuccess: async () => {
      setCurrent('')
      setNew('')
      toast('Your password was changed', { description: 'Your other sessions were ended.' })
      await queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey })
    },
  })
  return (
    <AccountSection title="Password" description="A new one ends all of your sessions but this one.">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          change.mutate()
        }}
        className="flex flex-col gap-4"
      >
        {/* Tells a password manager whose password this is. */}
        <input type="email" autoComplete="username" value={user.email} readOnly hidden />
        <Field label="Current password">
          {(control) => (
            <PasswordInput
              {...control}
              value={currentPassword}
              required
              maxLength={200}
              autoComplete="current-password"
              onChange={(event) => setCurrent(event.target.value)}
            />
          )}
        </Field>
        <Field label="New password" hint="At least 10 characters. A sentence is best.">
          {(control) => (
            <PasswordInput
              {...control}
              value={newPassword}
              required
              minLength={10}
              maxLength={200}
              autoComplete="new-password"
              onChange={(event) => setNew(event.target.value)}
            />
          )}
        </Field>
        <PasswordProblem error={change.error} />
        <Button
          type="submit"
          variant="primary"
          busy={change.isPending}
          disabled={currentPassword === '' || newPassword === ''}
          className="self-start"
        >
          Change the password
        </Button>
      </form>
    </AccountSection>
  )
}
