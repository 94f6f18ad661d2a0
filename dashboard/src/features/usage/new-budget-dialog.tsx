import { standardSchemaResolver } from '@hookform/resolvers/standard-schema'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { toast } from 'sonner'
import { api, take } from '../../app/api.ts'
import { formatMoney, nanosOf } from '../../app/format.ts'
import { queryClient } from '../../app/query-client.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { FormError } from '../auth/form-error.tsx'
import { type About, BudgetAbout, everything, partOf } from './budget-about.tsx'
import { BudgetTerms, newTerms, type TermsForm, termsOf, termsSchema } from './budget-terms.tsx'
import { budgetsQuery } from './queries.ts'

export function NewBudgetDialog({ onClose }: { onClose: () => void }) {
  const [about, setAbout] = useState<About>(everything)
  const form = useForm<TermsForm>({
    resolver: standardSchemaResolver(termsSchema),
    defaultValues: newTerms,
  })
  const create = useMutation({
    mutationFn: (terms: TermsForm) =>
      take(
        api.POST('/api/v1/budgets', {
          body: {
            ...partOf(about),
            ...(about.project ? { projectId: about.project } : {}),
            ...termsOf(terms),
          },
        }),
      ),
    onSuccess: async (made) => {
      await queryClient.invalidateQueries({ queryKey: budgetsQuery.queryKey })
      toast(`The budget is ${formatMoney(nanosOf(made.limitNanos))}`)
      onClose()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Set a budget"
      description="A call counts in every budget it agrees with, and a hard one refuses it before it would be exceeded."
    >
      <form
        noValidate
        onSubmit={(event) => void form.handleSubmit((terms) => create.mutate(terms))(event)}
        className="flex flex-col gap-4"
      >
        <BudgetAbout value={about} onChange={setAbout} />
        <BudgetTerms form={form} />
        <FormError error={create.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={create.isPending}>
            Save
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
