import { standardSchemaResolver } from '@hookform/resolvers/standard-schema'
import { useMutation } from '@tanstack/react-query'
import { useForm } from 'react-hook-form'
import { toast } from 'sonner'
import { api, messageOf, take } from '../../app/api.ts'
import type { Budget, NewBudget } from '../../app/api-types.ts'
import { dropUndefined } from '../../app/drop-undefined.ts'
import { formatMoney, nanosOf } from '../../app/format.ts'
import { queryClient } from '../../app/query-client.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { FormError } from '../auth/form-error.tsx'
import { aboutText } from './budget-state.ts'
import { BudgetTerms, type TermsForm, termsOf, termsSchema } from './budget-terms.tsx'
import { budgetsQuery } from './queries.ts'

export function BudgetDialog({ budget, onClose }: { budget: Budget; onClose: () => void }) {
  const about = aboutText(budget)
  const form = useForm<TermsForm>({
    resolver: standardSchemaResolver(termsSchema),
    defaultValues: {
      limitUsd: budget.limitUsd.replace(/(\.\d\d)0+$/, '$1').replace(/\.00$/, ''),
      window: budget.window,
      hard: budget.hard ? 'hard' : 'soft',
      timeZone: budget.timeZone,
      thresholds: budget.thresholds.join(', '),
    },
  })
  const path = { id: budget.id }
  const save = useMutation({
    mutationFn: (terms: TermsForm) =>
      take(api.PATCH('/api/v1/budgets/{id}', { params: { path }, body: termsOf(terms) })),
    onSuccess: async (saved) => {
      await queryClient.invalidateQueries({ queryKey: budgetsQuery.queryKey })
      toast(`The budget is ${formatMoney(nanosOf(saved.limitNanos))}`)
      onClose()
    },
  })
  const restore = useMutation({
    mutationFn: () => take(api.POST('/api/v1/budgets', { body: asNew(budget) })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: budgetsQuery.queryKey }),
    onError: (error) => toast.error('The budget could not be restored', { description: messageOf(error) }),
  })
  const remove = useMutation({
    mutationFn: () => api.DELETE('/api/v1/budgets/{id}', { params: { path } }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: budgetsQuery.queryKey })
      onClose()
      toast('The budget was removed', {
        description: `It limits ${about ? `what counts for ${about}` : 'spending'} no longer.`,
        action: { label: 'Undo', onClick: () => restore.mutate() },
      })
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Change the budget"
      description={
        about
          ? `For ${about}.`
          : 'One limit for everything the organization spends on models, in Chat and with API keys.'
      }
    >
      <form
        noValidate
        onSubmit={(event) => void form.handleSubmit((values) => save.mutate(values))(event)}
        className="flex flex-col gap-4"
      >
        <BudgetTerms form={form} />
        <FormError error={save.error ?? remove.error} />
        <DialogActions>
          <Button
            variant="ghost"
            className="mr-auto text-red"
            busy={remove.isPending}
            onClick={() => remove.mutate()}
          >
            Remove the budget
          </Button>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={save.isPending}>
            Save
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

/** What makes the same budget again; what its window has cost the server counts itself. */
function asNew({ about, limitUsd, window, timeZone, hard, thresholds }: Budget): NewBudget {
  return {
    ...dropUndefined({
      userId: about.member?.id,
      apiKeyId: about.apiKey?.id,
      serviceAccountId: about.serviceAccount?.id,
      projectId: about.project?.id,
      model: about.model ?? undefined,
      tag: about.tag ?? undefined,
    }),
    limitUsd,
    window,
    timeZone,
    hard,
    thresholds,
  }
}
