import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, FreeholdError, take } from '../../app/api.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { useWait } from './countdown.ts'
import { handedEmail, handOverEmail } from './handed-email.ts'
import { SignInError } from './sign-in-error.tsx'

/** The address alone: its domain says which organization's identity provider signs one in. */
export function SingleSignOnForm({ goesTo }: { goesTo: string }) {
  const [email, setEmail] = useState(handedEmail)
  const begin = useMutation({
    mutationFn: () => take(api.POST('/api/v1/auth/sso', { body: { email: email.trim(), returnTo: goesTo } })),
    onSuccess: ({ url }) => window.location.assign(url),
  })
  const wait = useWait(begin.error)
  const { error } = begin
  const isMalformed = error instanceof FreeholdError && error.status === 400
  const isNotSetUp = error instanceof FreeholdError && error.code === 'single_sign_on.not_set_up'
  // The page is on its way to another site once there is an address.
  const leaving = begin.isPending || begin.isSuccess
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        handOverEmail(email.trim())
        begin.mutate()
      }}
      className="flex flex-col gap-4"
    >
      <Field label="E-mail" error={isMalformed ? 'This is not an e-mail address.' : undefined}>
        {(control) => (
          <Input
            {...control}
            type="email"
            value={email}
            required
            autoFocus
            autoComplete="username"
            placeholder="you@acme.example"
            onChange={(event) => {
              setEmail(event.target.value)
              if (begin.isError) begin.reset()
            }}
          />
        )}
      </Field>
      {isNotSetUp ? (
        <div role="alert" className="rounded-md bg-amber-soft px-3 py-2 text-sm text-pretty">
          <p className="font-medium">Single sign-on is not set up for this address</p>
          <p className="mt-0.5 text-ink-2">
            Look whether it is the one your organization gave you, or sign in with your password.
          </p>
        </div>
      ) : isMalformed ? null : (
        <SignInError error={error} email={email} waitSeconds={wait} />
      )}
      <Button
        type="submit"
        variant="primary"
        size="lg"
        busy={leaving}
        disabled={email.trim() === '' || wait > 0}
      >
        {leaving ? 'On the way to your identity provider' : 'Continue'}
      </Button>
    </form>
  )
}
