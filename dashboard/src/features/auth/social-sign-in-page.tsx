import { getRouteApi, Link, useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import type { FreeholdError } from '../../app/api.ts'
import { enterSession } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { useTitle } from '../../ui/page.tsx'
import { AuthFrame } from './auth-frame.tsx'
import { FormError } from './form-error.tsx'
import { heldReturnPath, returnPath } from './return-path.ts'
import { SecondStep } from './second-step.tsx'

const route = getRouteApi('/sign-in/$provider')

const names: Record<string, string> = { google: 'Google', github: 'GitHub' }

/** Back from Google or GitHub: the second step where there is one, or why nobody was signed in. */
export function SocialSignInPage() {
  useTitle('Sign in')
  const router = useRouter()
  const { provider } = route.useParams()
  const outcome = route.useLoaderData()
  const [ended, setEnded] = useState<FreeholdError | null>(null)
  const goesTo = heldReturnPath()
  const again = goesTo === '/' ? {} : { redirect: goesTo }
  const name = names[provider] ?? 'the provider'
  const back = (
    <Button asChild variant="link" size="inline">
      <Link to="/signin" search={again}>
        Back to sign in
      </Link>
    </Button>
  )
  if (outcome.kind === 'second-step' && ended === null) {
    return (
      <AuthFrame
        title="One more step"
        lead="Enter the code that your authenticator app shows for Freehold."
        footer={back}
      >
        <SecondStep
          token={outcome.token}
          onFinished={(session) => {
            enterSession(session)
            router.history.replace(returnPath(outcome.returnTo))
          }}
          onEnded={setEnded}
        />
      </AuthFrame>
    )
  }
  const error = ended ?? (outcome.kind === 'failed' ? outcome.error : null)
  return (
    <AuthFrame
      title="You are not signed in"
      lead={
        outcome.kind === 'called-off' ? (
          <p role="status">You called it off at {name}. Nothing was changed.</p>
        ) : error ? null : (
          <p role="alert">{name} did not send you back with what signs you in. Begin again.</p>
        )
      }
      footer={null}
    >
      <FormError error={error} />
      <Button asChild variant="primary" size="lg" className="mt-4 w-full">
        <Link to="/signin" search={again}>
          Back to sign in
        </Link>
      </Button>
    </AuthFrame>
  )
}
