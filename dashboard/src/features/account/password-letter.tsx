import { useMutation } from '@tanstack/react-query'
import { api } from '../../app/api.ts'
import { useSession } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { FormError } from '../auth/form-error.tsx'

/** “Mail me a link that sets a password”, and then that it was sent: for whoever came by another way. */
export function PasswordLetter() {
  const { user } = useSession()
  const send = useMutation({
    mutationFn: () => api.POST('/api/v1/auth/forgot-password', { body: { email: user.email } }),
  })
  return (
    <div aria-live="polite">
      {send.isSuccess ? (
        <p className="mt-0.5 text-ink-2">
          A letter with a link that sets one is on its way to{' '}
          <span className="wrap-anywhere">{user.email}</span>.
        </p>
      ) : (
        <Button variant="link" size="inline" busy={send.isPending} onClick={() => send.mutate()}>
          Mail me a link that sets one
        </Button>
      )}
      <FormError error={send.error} />
    </div>
  )
}
