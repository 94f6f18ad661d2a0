import { standardSchemaResolver } from '@hookform/resolvers/standard-schema'
import { useMutation } from '@tanstack/react-query'
import { getRouteApi, Link, useRouter } from '@tanstack/react-router'
import { Building2 } from 'lucide-react'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import * as z from 'zod/mini'
import { api, FreeholdError, take } from '../../app/api.ts'
import { enterSession } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { useTitle } from '../../ui/page.tsx'
import { AuthFrame } from './auth-frame.tsx'
import { useWait } from './countdown.ts'
import { handedEmail, handOverEmail } from './handed-email.ts'
import { useHashOnce } from './link-token.ts'
import { OtherWays } from './other-ways.tsx'
import { PasswordInput } from './password-input.tsx'
import { returnPath } from './return-path.ts'
import { SecondStep } from './second-step.tsx'
import { SignInError } from './sign-in-error.tsx'
import { singleSignOnProblem } from './sign-in-problems.ts'
import { SingleSignOnForm } from './single-sign-on-form.tsx'
import { SocialButtons } from './social-buttons.tsx'

const route = getRouteApi('/signin')

const schema = z.object({
  email: z.email('This is not an e-mail address.'),
  password: z.string().check(z.minLength(1, 'Enter your password.')),
})

/** The password, then the second step where there is one. A provider's sign-in may come here for its second step only. */
export function SignInPage() {
  useTitle('Sign in')
  const router = useRouter()
  const search = route.useSearch()
  const hash = useHashOnce()
  const [challenge, setChallenge] = useState(() => hash.get('two-factor'))
  const [ended, setEnded] = useState<FreeholdError | null>(null)
  const goesTo = search.redirect ?? hash.get('return-to') ?? undefined
  const finish = (session: Parameters<typeof enterSession>[0]): void => {
    enterSession(session)
    router.history.push(returnPath(goesTo))
  }

  if (challenge !== null) {
    return (
      <AuthFrame
        title="One more step"
        lead="Enter the code that your authenticator app shows for Freehold."
        footer={
          <Button variant="link" size="inline" onClick={() => setChallenge(null)}>
            Begin again
          </Button>
        }
      >
        <SecondStep
          token={challenge}
          onFinished={finish}
          onEnded={(error) => {
            setEnded(error)
            setChallenge(null)
          }}
        />
      </AuthFrame>
    )
  }
  if (search.sso) {
    return (
      <AuthFrame
        title="Single sign-on"
        lead="Your organization's identity provider signs you in."
        footer={
          <Button asChild variant="link" size="inline">
            <Link to="/signin" search={goesTo === undefined ? {} : { redirect: goesTo }}>
              Sign in another way
            </Link>
          </Button>
        }
      >
        <SingleSignOnForm goesTo={returnPath(goesTo)} />
      </AuthFrame>
    )
  }
  return (
    <AuthFrame
      title="Sign in"
      lead={search.ended ? <SessionEnded /> : null}
      footer={
        <>
          New here?{' '}
          <Button asChild variant="link" size="inline">
            <Link to="/signup" search={search.redirect ? { redirect: search.redirect } : {}}>
              Create an account
            </Link>
          </Button>
        </>
      }
    >
      {search.sso_error ? (
        <div role="alert" className="mb-5 rounded-md bg-amber-soft px-3 py-2 text-sm text-pretty">
          {singleSignOnProblem(search.sso_error)}
        </div>
      ) : null}
      <PasswordForm
        refused={ended}
        onChallenge={(token) => {
          setEnded(null)
          setChallenge(token)
        }}
        onFinished={finish}
      />
      <OtherWays onFinished={finish}>
        <SocialButtons goesTo={returnPath(goesTo)} />
        <Button asChild size="lg" className="w-full">
          <Link to="/signin" search={{ sso: true, ...(goesTo === undefined ? {} : { redirect: goesTo }) }}>
            <Building2 /> Continue with single sign-on
          </Link>
        </Button>
      </OtherWays>
    </AuthFrame>
  )
}

function SessionEnded() {
  return (
    <p role="status">Your session ended. Sign in to go back to where you were; nothing you wrote is lost.</p>
  )
}

function PasswordForm({
  refused,
  onChallenge,
  onFinished,
}: {
  /** What ended a sign-in that had begun. */
  refused: FreeholdError | null
  onChallenge: (token: string) => void
  onFinished: (session: Parameters<typeof enterSession>[0]) => void
}) {
  const form = useForm({
    resolver: standardSchemaResolver(schema),
    defaultValues: { email: handedEmail(), password: '' },
  })
  const signIn = useMutation({
    mutationFn: (body: z.infer<typeof schema>) => take(api.POST('/api/v1/auth/signin', { body })),
    onSuccess: (answer, { email }) => {
      handOverEmail(email)
      if ('twoFactorRequired' in answer) onChallenge(answer.twoFactorToken)
      else onFinished(answer)
    },
    onError: (error) => {
      if (error instanceof FreeholdError && error.status === 401) form.setFocus('password')
    },
  })
  const wait = useWait(signIn.error)
  const { errors } = form.formState
  return (
    <form
      noValidate
      onSubmit={(event) => void form.handleSubmit((values) => signIn.mutate(values))(event)}
      className="flex flex-col gap-4"
    >
      <Field label="E-mail" error={errors.email?.message}>
        {(control) => (
          <Input
            {...control}
            // Single sign-on begins with the same address.
            {...form.register('email', { onBlur: () => handOverEmail(form.getValues('email')) })}
            type="email"
            autoComplete="username"
            autoFocus
          />
        )}
      </Field>
      <div className="relative">
        <Field label="Password" error={errors.password?.message}>
          {(control) => (
            <PasswordInput {...control} {...form.register('password')} autoComplete="current-password" />
          )}
        </Field>
        {/* After the password in the order of the keyboard, beside its label for the eye. */}
        <Button asChild variant="link" size="inline" className="absolute top-0 right-0 text-sm">
          <Link to="/forgot-password" onClick={() => handOverEmail(form.getValues('email'))}>
            Forgot password?
          </Link>
        </Button>
      </div>
      <SignInError
        error={signIn.error ?? (signIn.isPending ? null : refused)}
        email={signIn.variables?.email ?? ''}
        waitSeconds={wait}
      />
      <Button type="submit" variant="primary" size="lg" busy={signIn.isPending} disabled={wait > 0}>
        {signIn.isPending ? 'Signing in' : 'Sign in'}
      </Button>
    </form>
  )
}
