import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { PasswordInput } from '../auth/password-input.tsx'
import { NoPassword } from './password-problem.tsx'
import { profileQuery } from './queries.ts'

/** Asks for the password before what somebody at a borrowed screen must not do. Who has none is told how to set one. */
export function PasswordDialog({
  title,
  description,
  act,
  danger,
  busy,
  problem,
  onConfirm,
  onClose,
}: {
  title: string
  description: ReactNode
  /** What the button does, as a verb with its thing. */
  act: string
  danger?: boolean
  busy: boolean
  problem: ReactNode
  onConfirm: (password: string) => void
  onClose: () => void
}) {
  const [password, setPassword] = useState('')
  const { data: profile } = useQuery(profileQuery)
  if (profile?.hasPassword === false) {
    return (
      <Dialog open onOpenChange={(open) => !open && onClose()} title={title} description={description}>
        <NoPassword />
        <DialogActions>
          <Button onClick={onClose}>Close</Button>
        </DialogActions>
      </Dialog>
    )
  }
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={title} description={description}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          onConfirm(password)
        }}
        className="flex flex-col gap-4"
      >
        <PasswordField value={password} onChange={setPassword} autoFocus />
        {problem}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant={danger ? 'danger' : 'primary'}
            busy={busy}
            disabled={password === ''}
          >
            {act}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

export function PasswordField({
  value,
  onChange,
  autoFocus,
}: {
  value: string
  onChange: (value: string) => void
  autoFocus?: boolean
}) {
  return (
    <Field label="Your password" hint="To make sure that it is you.">
      {(control) => (
        <PasswordInput
          {...control}
          value={value}
          maxLength={200}
          autoFocus={autoFocus}
          autoComplete="current-password"
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  )
}
