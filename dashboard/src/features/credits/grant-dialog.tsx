import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { api, take } from '../../app/api.ts'
import { queryClient } from '../../app/query-client.ts'
import { useOrganization } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { FormError } from '../auth/form-error.tsx'
import { creditsKey } from './queries.ts'

/** For who operates the installation: credits for the organization they look at. */
export function GrantDialog({ isFirst, onClose }: { isFirst: boolean; onClose: () => void }) {
  const organization = useOrganization()
  const [amountUsd, setAmountUsd] = useState('')
  const [day, setDay] = useState('')
  const [note, setNote] = useState('')
  const grant = useMutation({
    mutationFn: () =>
      take(
        api.POST('/api/v1/admin/credits', {
          body: {
            organizationId: organization.id,
            amountUsd: amountUsd.trim(),
            note: note.trim(),
            ...(day === '' ? {} : { expiresAt: new Date(`${day}T23:59:59Z`).toISOString() }),
          },
        }),
      ),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: creditsKey })
      toast(`$${amountUsd.trim()} was granted to ${organization.name}`)
      onClose()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Grant credits"
      description={
        isFirst
          ? `With its first grant, every call of ${organization.name} is held against its credits, and refused where they do not suffice.`
          : `They are added to what ${organization.name} has.`
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          grant.mutate()
        }}
        className="flex flex-col gap-4"
      >
        <div className="grid grid-cols-2 gap-3">
          <Field label="Amount in dollars">
            {(control) => (
              <Input
                {...control}
                value={amountUsd}
                required
                inputMode="decimal"
                placeholder="25.00"
                pattern="\d{1,9}(\.\d{1,9})?"
                autoFocus
                autoComplete="off"
                onChange={(event) => setAmountUsd(event.target.value)}
              />
            )}
          </Field>
          <Field label="Until the end of (UTC)" hint="Empty: for ever.">
            {(control) => (
              <Input {...control} type="date" value={day} onChange={(event) => setDay(event.target.value)} />
            )}
          </Field>
        </div>
        <Field label="Note" hint="The organization sees it.">
          {(control) => (
            <Input
              {...control}
              value={note}
              maxLength={500}
              placeholder="Order 4711"
              autoComplete="off"
              onChange={(event) => setNote(event.target.value)}
            />
          )}
        </Field>
        <FormError error={grant.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={grant.isPending} disabled={amountUsd.trim() === ''}>
            Grant
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
