import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api, take } from '../../app/api.ts'
import { enterSession } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { FormError } from '../auth/form-error.tsx'

export function CreateOrganizationForm({ onDone, onCancel }: { onDone?: () => void; onCancel?: () => void }) {
  const [name, setName] = useState('')
  const navigate = useNavigate()
  const create = useMutation({
    mutationFn: async () => {
      const organization = await take(api.POST('/api/v1/organizations', { body: { name: name.trim() } }))
      return take(api.POST('/api/v1/auth/switch', { body: { organizationId: organization.id } }))
    },
    onSuccess: async (session) => {
      onDone?.()
      await navigate({ to: '/' })
      enterSession(session)
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        create.mutate()
      }}
      className="flex flex-col gap-4"
    >
      <Field label="Name" hint="For example your company's or your team's name.">
        {(control) => (
          <Input
            {...control}
            value={name}
            required
            maxLength={120}
            autoFocus
            autoComplete="organization"
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <FormError error={create.error} />
      <div className="mt-1 flex justify-end gap-2">
        {onCancel ? <Button onClick={onCancel}>Cancel</Button> : null}
        <Button type="submit" variant="primary" busy={create.isPending} disabled={name.trim() === ''}>
          Create the organization
        </Button>
      </div>
    </form>
  )
}
