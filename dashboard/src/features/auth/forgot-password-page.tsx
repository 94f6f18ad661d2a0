import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { api } from '../../app/api.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { useTitle } from '../../ui/page.tsx'
import { AuthFrame } from './auth-frame.tsx'
import { useWait } from './countdown.ts'
import { handedEmail, handOverEmail } from './handed-email.ts'
import { SignInError } from './sign-in-error.tsx'

/** Asks for the link that sets a new password. What is said does not tell whether there is such an account. */
export function ForgotPasswordPage() {
  useTitle('Forgot password')
  const [email, setEmail] = useState(handedEmail)
  const send = useMutation({
    mutationFn: () => api.POST('/api/v1/auth/forgot-password', { body: { email: email.trim() } }),
    onSuccess: () => handOverEmail(email.trim()),
  })
  const wait = useWait(send.error)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    send.mutate()
  }
  const footer = (
    <Button asChild variant="link" size="inline">
      <Link to="/signin">Back to sign in</Link>
    </Button>
  )
  if (send.isSuccess) {
    return (
      <AuthFrame title="Look into your mailbox" footer={footer}>
        <div role="status" className="flex flex-col gap-3 text-pretty text-ink-2">
          <p>
            If there is an account with{' '}
            <span className="font-medium wrap-anywhere text-ink">{email.trim()}</span>, a letter is on its
            way. Its link works once, for one hour.
          </p>
          <p>Nothing there after some minutes? Look among the spam, or see whether the address is right.</p>
        </div>
        <Button className="mt-6" onClick={() => send.reset()}>
          Try another address
        </Button>
      </AuthFrame>
    )
  }
  return (
    <AuthFrame
      title="Forgot your password?"
      lead="Tell us the address of your account, and we send you a link that sets a new one."
      footer={footer}
    >
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="E-mail">
          {(control) => (
            <Input
              {...control}
              type="email"
              value={email}
              required
              autoFocus
              autoComplete="username"
              onChange={(event) => setEmail(event.target.value)}
            />
          )}
        </Field>
        <SignInError error={send.error} email={email} waitSeconds={wait} />
        <Button type="submit" variant="primary" size="lg" busy={send.isPending} disabled={wait > 0}>
          {send.isPending ? 'Sending' : 'Send the link'}
        </Button>
      </form>
    </AuthFrame>
  )
}
