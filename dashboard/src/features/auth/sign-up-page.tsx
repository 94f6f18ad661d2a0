import { standardSchemaResolver } from '@hookform/resolvers/standard-schema'
import { useMutation } from '@tanstack/react-query'
import { getRouteApi, Link, useRouter } from '@tanstack/react-router'
import { useForm } from 'react-hook-form'
import * as z from 'zod/mini'
import { api, take } from '../../app/api.ts'
import { enterSession } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { useTitle } from '../../ui/page.tsx'
import { invitationOnTheWay } from '../invitation/held-invitation.ts'
import { AuthFrame } from './auth-frame.tsx'
import { useWait } from './countdown.ts'
import { handOverEmail } from './handed-email.ts'
import { LetterAgain } from './letter-again.tsx'
import { PasswordInput } from './password-input.tsx'
import { returnPath } from './return-path.ts'
import { SignInError } from './sign-in-error.tsx'

const route = getRouteApi('/signup')

const schema = z.object({
  name: z.string().check(z.trim(), z.minLength(1, 'Enter your name.'), z.maxLength(120, 'That is too long.')),
  organizationName: z.optional(
    z
      .string()
      .check(z.trim(), z.minLength(1, 'Name your organization.'), z.maxLength(120, 'That is too long.')),
  ),
  email: z.email('This is not an e-mail address.'),
  password: z.string().check(z.minLength(10, 'Use at least 10 characters.')),
})

export function SignUpPage() {
  useTitle('Create an account')
  const router = useRouter()
  const search = route.useSearch()
  const invited = invitationOnTheWay(search.redirect)
  const form = useForm<z.infer<typeof schema>>({
    resolver: standardSchemaResolver(schema),
    defaultValues: {
      name: '',
      email: invited?.email ?? '',
      password: '',
      // Who was invited joins an organization, and need not name one of their own.
      ...(invited ? {} : { organizationName: '' }),
    },
  })
  const signUp = useMutation({
    mutationFn: ({ organizationName, ...account }: z.infer<typeof schema>) =>
      take(
        api.POST('/api/v1/auth/signup', { body: { ...account, organizationName: organizationName ?? null } }),
      ),
    onSuccess: (answer, { email }) => {
      handOverEmail(email)
      if ('verificationRequired' in answer) return
      enterSession(answer)
      router.history.push(returnPath(search.redirect))
    },
  })
  const wait = useWait(signUp.error)
  const { errors } = form.formState
  if (signUp.data && 'verificationRequired' in signUp.data) {
    const { email } = signUp.data
    return (
      <AuthFrame
        title="Look into your mailbox"
        footer={
          <Button asChild variant="link" size="inline">
            <Link to="/signin" search={search.redirect ? { redirect: search.redirect } : {}}>
              I have opened the link: sign in
            </Link>
          </Button>
        }
      >
        <p role="status" className="text-pretty text-ink-2">
          A letter is on its way to <span className="font-medium wrap-anywhere text-ink">{email}</span>. Open
          its link to confirm the address; then you can sign in.
        </p>
        <p className="mt-5">
          <LetterAgain email={email} />
        </p>
      </AuthFrame>
    )
  }
  return (
    <AuthFrame
      title="Create an account"
      lead={
        invited
          ? `With it you join ${invited.organization ?? 'the organization that invited you'}. It lives on this server and nowhere else.`
          : 'The account lives on this server and nowhere else.'
      }
      footer={
        <>
          You have one?{' '}
          <Button asChild variant="link" size="inline">
            <Link to="/signin" search={search.redirect ? { redirect: search.redirect } : {}}>
              Sign in
            </Link>
          </Button>
        </>
      }
    >
      <form
        noValidate
        onSubmit={(event) => void form.handleSubmit((values) => signUp.mutate(values))(event)}
        className="flex flex-col gap-4"
      >
        <Field label="Your name" error={errors.name?.message}>
          {(control) => <Input {...control} {...form.register('name')} autoComplete="name" autoFocus />}
        </Field>
        {invited ? null : (
          <Field
            label="Organization"
            hint="Your team's documents, keys and money live in it. You can rename it later."
            error={errors.organizationName?.message}
          >
            {(control) => (
              <Input {...control} {...form.register('organizationName')} autoComplete="organization" />
            )}
          </Field>
        )}
        <Field
          label="E-mail"
          error={errors.email?.message}
          {...(invited?.email ? { hint: 'The invitation is for this address.' } : {})}
        >
          {(control) => (
            <Input
              {...control}
              {...form.register('email')}
              type="email"
              autoComplete="username"
              readOnly={invited?.email !== undefined}
            />
          )}
        </Field>
        <Field
          label="Password"
          error={errors.password?.message}
          hint="At least 10 characters. A sentence is best."
        >
          {(control) => (
            <PasswordInput {...control} {...form.register('password')} autoComplete="new-password" />
          )}
        </Field>
        <SignInError error={signUp.error} email="" waitSeconds={wait} />
        <Button type="submit" variant="primary" size="lg" busy={signUp.isPending} disabled={wait > 0}>
          {signUp.isPending ? 'Creating the account' : 'Create the account'}
        </Button>
      </form>
    </AuthFrame>
  )
}
