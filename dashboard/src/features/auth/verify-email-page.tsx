import { queryOptions, skipToken, useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { api, FreeholdError } from '../../app/api.ts'
import { queryClient } from '../../app/query-client.ts'
import { sessionChanged, sessionQuery } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { useTitle } from '../../ui/page.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { AuthFrame } from './auth-frame.tsx'
import { useWait } from './countdown.ts'
import { handedEmail } from './handed-email.ts'
import { LetterAgain } from './letter-again.tsx'
import { LinkPasswordForm } from './link-password-form.tsx'
import { useHashOnce } from './link-token.ts'
import { SignInError } from './sign-in-error.tsx'
import { WorkingFrame } from './working-frame.tsx'

/** A query, because it runs by itself and once a link: the second use of one would be refused. */
function verificationQuery(token: string | null) {
  return queryOptions({
    queryKey: ['verify-email', token],
    queryFn:
      token === null
        ? skipToken
        : async () => {
            await api.POST('/api/v1/auth/verify-email', { body: { token } })
            await sessionChanged()
            return true
          },
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  })
}

/** Where the link of the letter leads. Works whether or not somebody is signed in here. */
export function VerifyEmailPage() {
  useTitle('Confirm your address')
  const token = useHashOnce().get('token')
  const verification = useQuery(verificationQuery(token))
  const session = useQuery(sessionQuery)
  const user = session.data?.user
  const onward = (
    <Button asChild variant="link" size="inline">
      {user ? <Link to="/">Go home</Link> : <Link to="/signin">Sign in</Link>}
    </Button>
  )

  if (verification.isSuccess || (token === null && user?.emailVerified)) {
    return (
      <AuthFrame
        title="Your address is confirmed"
        lead={<p role="status">Letters about your account reach you there, and only there.</p>}
        footer={null}
      >
        <Button asChild variant="primary" size="lg" className="w-full">
          {user ? <Link to="/">Go on</Link> : <Link to="/signin">Sign in</Link>}
        </Button>
      </AuthFrame>
    )
  }
  if (verification.isLoading || session.isPending) {
    return <WorkingFrame title="Confirming your address" footer={onward} />
  }
  const { error } = verification
  if (token !== null && error instanceof FreeholdError && error.code === 'identity.password_needed')
    return (
      <LinkPasswordForm
        lead="Give the password of the account. If you did not make it, set a new one: then it is yours alone."
        act="Confirm the address"
        onConfirm={async (password) => {
          await api.POST('/api/v1/auth/verify-email', { body: { token, password } })
          queryClient.setQueryData(verificationQuery(token).queryKey, true)
          await sessionChanged()
        }}
        footer={onward}
      />
    )
  if (error && !(error instanceof FreeholdError && error.code === 'identity.link_invalid')) {
    return (
      <AuthFrame title="Not confirmed yet" footer={onward}>
        <ErrorState
          error={error}
          title="The address could not be confirmed"
          onRetry={() => void verification.refetch()}
        />
      </AuthFrame>
    )
  }
  return (
    <AuthFrame
      title="This link is not valid"
      lead={
        <p role="alert">
          It was used already, is older than three days, or was copied in part.
          {user?.emailVerified ? ' Your address is confirmed all the same.' : ''}
        </p>
      }
      footer={onward}
    >
      {user ? user.emailVerified ? null : <LetterAgain email={user.email} /> : <NewLetterForm />}
    </AuthFrame>
  )
}

/** For somebody who is not signed in: which address it is about. */
function NewLetterForm() {
  const [email, setEmail] = useState(handedEmail)
  const send = useMutation({
    mutationFn: () => api.POST('/api/v1/auth/resend-verification', { body: { email: email.trim() } }),
  })
  const wait = useWait(send.error)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    send.mutate()
  }
  if (send.isSuccess) {
    return (
      <p role="status" className="text-pretty">
        If the account of <span className="font-medium wrap-anywhere">{email.trim()}</span> waits for it, a
        new letter is on its way.
      </p>
    )
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <Field label="E-mail">
        {(control) => (
          <Input
            {...control}
            type="email"
            value={email}
            required
            autoComplete="username"
            onChange={(event) => setEmail(event.target.value)}
          />
        )}
      </Field>
      <SignInError error={send.error} email={email} waitSeconds={wait} />
      <Button type="submit" variant="primary" size="lg" busy={send.isPending} disabled={wait > 0}>
        Send me a new letter
      </Button>
    </form>
  )
}
