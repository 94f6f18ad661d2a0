import { FreeholdError } from '../../app/api.ts'
import { useSession } from '../../app/session.ts'
import { useWait } from '../auth/countdown.ts'
import { SignInError } from '../auth/sign-in-error.tsx'
import { PasswordLetter } from './password-letter.tsx'

/** What was wrong with the password that confirms an act. Who has none yet is offered the letter that sets one. */
export function PasswordProblem({ error }: { error: unknown }) {
  const { user } = useSession()
  const wait = useWait(error)
  if (!(error instanceof FreeholdError) || error.code !== 'identity.password_missing') {
    return <SignInError error={error} email={user.email} waitSeconds={wait} />
  }
  return <NoPassword />
}

export function NoPassword() {
  return (
    <div role="alert" className="rounded-md bg-amber-soft px-3 py-2 text-sm text-pretty">
      <p className="font-medium">Your account has no password yet</p>
      <PasswordLetter />
    </div>
  )
}
