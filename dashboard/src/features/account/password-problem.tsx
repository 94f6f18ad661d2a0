import { useMutation } from '@tanstack/react-query'
import { api, FreeholdError } from '../../app/api.ts'
import { useSession } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { useWait } from '../auth/countdown.ts'
import { FormError } from '../auth/form-error.tsx'
import { SignInError } from '../auth/sign-in-error.tsx'

/** What was wrong with the password that confirms an act. Who has none yet is offered the letter that sets one. */
export function PasswordProblem({ error }: { error: unknown }) {
  const { user } = useSession()
  const wait = useWait(error)
  const send = useMutation({
    mutationFn: () => api.POST('/api/v1/auth/forgot-password', { body: { email: user.email } }),
  })
  if (!(error instanceof FreeholdError) || error.code !== 'identity.password_missing') {
    return <SignInError error={error} email={user.email} waitSeconds={wait} />
  }
  return (
    <div role="alert" className="rounded-md bg-amber-soft px-3 py-2 text-sm text-pretty">
      <p className="font-medium">Your account has no password yet</p>
      {send.isSuccess ? (
        <p className="mt-0.5 text-ink-2">A letter with a link that sets one is on its way to {user.email}.</p>
      ) : (
        <Button variant="link" size="inline" busy={send.isPending} onClick={() => send.mutate()}>
          Mail me a link that sets one
        </Button>
      )}
      <FormError error={send.error} />
    </div>
  )
}
