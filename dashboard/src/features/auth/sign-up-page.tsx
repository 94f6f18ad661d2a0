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

const route = getRouteApi('/signup')

const schema = z.object({
  name: z.string().check(z.trim(), z.minLength(1, 'Enter your name.'), z.maxLength(120, 'That is too long.')),
  organizationName: z
    .string()
    .check(z.trim(), z.minLength(1, 'Name your organization.'), z.maxLength(120, 'That is too long.')),
  email: z.email('This is not an e-mail address.'),
  password: z.string().check(z.minLength(10, 'Use at least 10 characters.')),
})

export function SignUpPage() {
  useTitle('Create an account')
  const router = useRouter()
  const search = route.useSearch()
  const form = useForm({
    resolver: standardSchemaResolver(schema),
    defaultValues: { name: '', organizationName: '', email: '', password: '' },
  })
  const signUp = useMutation({
    mutationFn: async (body: z.infer<typeof schema>) => {
      const opened = await take(api.POST('/api/v1/auth/signup', { body }))
      if ('verificationRequired' in opened)
        throw new Error(`Open the link in the letter to ${opened.email}, and then sign in.`)
      return opened
    },
    onSuccess: (session) => {
      enterSession(session)
      router.history.push(returnPath(search.redirect))
    },
  })
  const { errors } = form.formState
  return (
    <AuthFrame
      title="Create an account"
      lead="The account lives on this server and nowhere else."
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
        <Field
          label="Organization"
          hint="Your team's documents, keys and money live in it. You can rename it later."
          error={errors.organizationName?.message}
        >
          {(control) => (
            <Input {...control} {...form.register('organizationName')} autoComplete="organization" />
          )}
        </Field>
        <Field label="E-mail" error={errors.email?.message}>
          {(control) => (
            <Input {...control} {...form.register('email')} type="email" autoComplete="username" />
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
        <FormError error={signUp.error} />
        <Button type="submit" variant="primary" size="lg" busy={signUp.isPending}>
          {signUp.isPending ? 'Creating the account' : 'Create the account'}
        </Button>
      </form>
    </AuthFrame>
  )
}
