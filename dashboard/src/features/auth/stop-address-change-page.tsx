import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, FreeholdError } from '../../app/api.ts'
import { leaveSession } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { useTitle } from '../../ui/page.tsx'
import { AuthFrame } from './auth-frame.tsx'
import { FormError } from './form-error.tsx'
import { useHashOnce } from './link-token.ts'

/** Where the letter to the old address leads. It asks first: programs that look into letters open links too. */
export function StopAddressChangePage() {
  useTitle('Stop the change')
  const token = useHashOnce().get('token')
  const stop = useMutation({
    mutationFn: (body: { token: string }) => api.POST('/api/v1/auth/stop-address-change', { body }),
    // This browser's own session ended with the others.
    onSuccess: leaveSession,
  })
  const { error } = stop
  const footer = (
    <Button asChild variant="link" size="inline">
      <Link to="/signin">Sign in</Link>
    </Button>
  )
  if (stop.isSuccess) {
    return (
      <AuthFrame
        title="Your address is as it was"
        lead={
          <p role="status">
            Every session was ended, and the old password works no more. A letter with a link that sets a new
            one is on its way to you.
          </p>
        }
        footer={footer}
      >
        {null}
      </AuthFrame>
    )
  }
  if (token === null || (error instanceof FreeholdError && error.code === 'identity.link_invalid')) {
    return (
      <AuthFrame
        title="This link is not valid"
        lead={
          <p role="alert">
            It was used already, is older than seven days, or was copied in part. If somebody else uses your
            account, set a new password.
          </p>
        }
        footer={footer}
      >
        <Button asChild variant="primary" size="lg" className="w-full">
          <Link to="/forgot-password">Set a new password</Link>
        </Button>
      </AuthFrame>
    )
  }
  return (
    <AuthFrame
      title="Keep your old address?"
      lead="If it was not you who asked for another address, stop it here. Every session ends and the password works no more; a letter to this address sets a new one."
      footer={footer}
    >
      <div className="flex flex-col gap-4">
        <FormError error={error} />
        <Button
          variant="primary"
          size="lg"
          className="w-full"
          busy={stop.isPending}
          onClick={() => stop.mutate({ token })}
        >
          Stop the change
        </Button>
      </div>
    </AuthFrame>
  )
}
