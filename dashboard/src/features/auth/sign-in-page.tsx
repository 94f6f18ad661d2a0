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
import { AuthFrame } from './auth-frame.tsx'
import { FormError } from './form-error.tsx'
import { PasswordInput } from './password-input.tsx'
import { returnPath } from './return-path.ts'

const route = getRouteApi('/signin')

const schema = z.object({
  email: z.email('This is not an e-mail address.'),
  password: z.string().check(z.minLength(1, 'Enter your password.')),
})

export function SignInPage() {
  useTitle('Sign in')
  const router = useRouter()
  const search = route.useSearch()
  const form = useForm({
    resolver: standardSchemaResolver(schema),
    defaultValues: { email: '', password: '' },
  })
  const signIn = useMutation({
    mutationFn: async (body: z.infer<typeof schema>) => {
      const opened = await take(api.POST('/api/v1/auth/signin', { body }))
      if ('twoFactorRequired' in opened)
        throw new Error(
          'This account has a second factor, which this page cannot ask for. Sign in by the API.',
        )
      return opened
    },
    onSuccess: (session) => {
      enterSession(session)
      router.history.push(returnPath(search.redirect))
    },
    onError: () => form.setFocus('password'),
  })
  const { errors } = form.formState
  return (
    <AuthFrame
      title="Sign in"
      lead={
        search.ended ? (
          <p role="status">
            Your session ended. Sign in to go back to where you were; nothing you wrote is lost.
          </p>
        ) : null
      }
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
      <form
        noValidate
        onSubmit={(event) => void form.handleSubmit((values) => signIn.mutate(values))(event)}
        className="flex flex-col gap-4"
      >
        <Field label="E-mail" error={errors.email?.message}>
          {(control) => (
            <Input {...control} {...form.register('email')} type="email" autoComplete="username" autoFocus />
          )}
        </Field>
        <Field label="Password" error={errors.password?.message}>
          {(control) => (
            <PasswordInput {...control} {...form.register('password')} autoComplete="current-password" />
          )}
        </Field>
        <FormError error={signIn.error} />
        <Button type="submit" variant="primary" size="lg" busy={signIn.isPending}>
          {signIn.isPending ? 'Signing in' : 'Sign in'}
        </Button>
      </form>
    </AuthFrame>
  )
}
