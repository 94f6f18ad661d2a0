import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { api, FreeholdError } from '../../app/api.ts'
import { leaveSession } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { useTitle } from '../../ui/page.tsx'
import { AuthFrame } from './auth-frame.tsx'
import { useWait } from './countdown.ts'
import { useHashOnce } from './link-token.ts'
import { PasswordInput } from './password-input.tsx'
import { SignInError } from './sign-in-error.tsx'

/** Where the link of the letter leads: a new password, which ends every session. */
export function ResetPasswordPage() {
  useTitle('New password')
  const token = useHashOnce().get('token')
  const [password, setPassword] = useState('')
  const reset = useMutation({
    mutationFn: (body: { token: string; password: string }) =>
      api.POST('/api/v1/auth/reset-password', { body }),
    // This browser's own session ended with the others.
    onSuccess: leaveSession,
  })
  const wait = useWait(reset.error)
  const linkIsBad =
    token === null || (reset.error instanceof FreeholdError && reset.error.code === 'identity.link_invalid')

  if (reset.isSuccess) {
    return (
      <AuthFrame
        title="Your password is set"
        lead={
          <p role="status">
            Every session of yours was ended, on this device too. Sign in with the new password.
          </p>
        }
        footer={null}
      >
        <Button asChild variant="primary" size="lg" className="w-full">
          <Link to="/signin">Sign in</Link>
        </Button>
      </AuthFrame>
    )
  }
  if (linkIsBad) {
    return (
      <AuthFrame
        title="This link is not valid"
        lead={
          <p role="alert">
            It was used already, is older than one hour, or was copied in part. Your password is as it was.
          </p>
        }
        footer={<BackToSignIn />}
      >
        <Button asChild variant="primary" size="lg" className="w-full">
          <Link to="/forgot-password">Send me a new link</Link>
        </Button>
      </AuthFrame>
    )
  }
  return (
    <AuthFrame
      title="Choose a new password"
      lead="It ends every session of yours, wherever it is."
      footer={<BackToSignIn />}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          reset.mutate({ token, password })
        }}
        className="flex flex-col gap-4"
      >
        <Field label="New password" hint="At least 10 characters. A sentence is best.">
          {(control) => (
            <PasswordInput
              {...control}
              value={password}
              required
              minLength={10}
              maxLength={200}
              autoFocus
              autoComplete="new-password"
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        <SignInError error={reset.error} email="" waitSeconds={wait} />
        <Button type="submit" variant="primary" size="lg" busy={reset.isPending} disabled={wait > 0}>
          {reset.isPending ? 'Setting the password' : 'Set the password'}
        </Button>
      </form>
    </AuthFrame>
  )
}

function BackToSignIn() {
  return (
    <Button asChild variant="link" size="inline">
      <Link to="/signin">Back to sign in</Link>
    </Button>
  )
}
