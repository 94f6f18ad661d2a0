import { Link } from '@tanstack/react-router'
import { FreeholdError } from '../../app/api.ts'
import { Button } from '../../ui/button.tsx'
import { sayWait } from './countdown.ts'
import { FormError } from './form-error.tsx'
import { handOverEmail } from './handed-email.ts'
import { LetterAgain } from './letter-again.tsx'

/** Why a sign-in was refused, with what helps. `waitSeconds` is what is left of a 429. */
export function SignInError({
  error,
  email,
  waitSeconds,
}: {
  error: unknown
  email: string
  waitSeconds: number
}) {
  if (!(error instanceof FreeholdError)) return <FormError error={error} />
  if (error.code === 'identity.email_not_verified') {
    return (
      <div role="alert" className="rounded-md bg-amber-soft px-3 py-2 text-sm text-pretty">
        <p className="font-medium">Confirm your e-mail address first</p>
        <p className="mt-0.5 text-ink-2">
          Open the link in the letter to <span className="wrap-anywhere text-ink">{email}</span>; it was just
          sent once more.
        </p>
        <LetterAgain email={email} className="mt-1.5 block" />
      </div>
    )
  }
  if (error.code === 'identity.single_sign_on_required') {
    return (
      <div role="alert" className="rounded-md bg-amber-soft px-3 py-2 text-sm text-pretty">
        <p className="font-medium">Your organization asks for single sign-on</p>
        <p className="mt-0.5 text-ink-2">
          Its identity provider signs you in; other ways are closed for your address.{' '}
          <Button asChild variant="link" size="inline">
            <Link
              to="/signin"
              search={({ redirect }) => ({ sso: true, redirect })}
              onClick={() => handOverEmail(email)}
            >
              Continue there
            </Link>
          </Button>
        </p>
      </div>
    )
  }
  if (error.status === 429) {
    return (
      <div role="alert" className="rounded-md bg-amber-soft px-3 py-2 text-sm text-pretty">
        <p className="font-medium">Too many attempts</p>
        <p role="timer" aria-live="off" className="mt-0.5 text-ink-2">
          {waitSeconds > 0 ? `Try again in ${sayWait(waitSeconds)}.` : 'You can try again now.'}
        </p>
      </div>
    )
  }
  const left = error.details.attemptsLeft
  if (error.code === 'identity.two_factor_code_wrong' && typeof left === 'number') {
    return (
      <div role="alert" className="rounded-md bg-red-soft px-3 py-2 text-sm text-red">
        {error.message} {left === 1 ? 'One try is left.' : `${left} tries are left.`}
      </div>
    )
  }
  return <FormError error={error} />
}
