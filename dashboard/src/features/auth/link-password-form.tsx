import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { AuthFrame } from './auth-frame.tsx'
import { useWait } from './countdown.ts'
import { SignInError } from './sign-in-error.tsx'

/** A link alone does not say that whoever reads the letter owns the account: its password does. */
export function LinkPasswordForm({
  lead,
  act,
  onConfirm,
  footer,
}: {
  lead: string
  /** What the button does, as a verb with its thing. */
  act: string
  onConfirm: (password: string) => Promise<unknown>
  footer: ReactNode
}) {
  const [password, setPassword] = useState('')
  const confirm = useMutation({ mutationFn: () => onConfirm(password) })
  const wait = useWait(confirm.error)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    confirm.mutate()
  }
  return (
    <AuthFrame title="Confirm that it is you" lead={<p>{lead}</p>} footer={footer}>
      <form onSubmit={submit} className="flex flex-col gap-4">
        <Field label="Password">
          {(control) => (
            <Input
              {...control}
              type="password"
              value={password}
              required
              autoComplete="current-password"
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        <SignInError error={confirm.error} email="" waitSeconds={wait} />
        <Button type="submit" variant="primary" size="lg" busy={confirm.isPending} disabled={wait > 0}>
          {act}
        </Button>
        <Button asChild variant="link" size="inline">
          <Link to="/forgot-password">Set a new password</Link>
        </Button>
      </form>
    </AuthFrame>
  )
}
