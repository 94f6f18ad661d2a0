import { standardSchemaResolver } from '@hookform/resolvers/standard-schema'
import { useMutation } from '@tanstack/react-query'
import { Controller, useForm } from 'react-hook-form'
import { toast } from 'sonner'
import * as z from 'zod/mini'
import { api, take } from '../../app/api.ts'
import type { Budget } from '../../app/api-types.ts'
import { formatMoney, nanosOf } from '../../app/format.ts'
import { queryClient } from '../../app/query-client.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { Select } from '../../ui/select.tsx'
import { FormError } from '../auth/form-error.tsx'
import { budgetsQuery } from './queries.ts'

const schema = z.object({
  limitUsd: z.string().check(
    z.trim(),
    z.regex(/^\d{1,9}(\.\d{1,9})?$/, 'Enter an amount in dollars, for example 25 or 0.50.'),
    z.refine((amount) => Number(amount) > 0, 'A budget of nothing would refuse every call.'),
  ),
  window: z.enum(['day', 'month', 'lifetime']),
  hard: z.enum(['hard', 'soft']),
})

export function BudgetDialog({ budget, onClose }: { budget: Budget | null; onClose: () => void }) {
  const form = useForm<z.infer<typeof schema>>({
    resolver: standardSchemaResolver(schema),
    defaultValues: {
      limitUsd: budget ? budget.limitUsd.replace(/(\.\d\d)0+$/, '$1').replace(/\.00$/, '') : '',
      window: budget?.window ?? 'month',
      hard: budget === null || budget.hard ? 'hard' : 'soft',
    },
  })
  const save = useMutation({
    mutationFn: (values: z.infer<typeof schema>) =>
      take(api.PUT('/api/v1/budgets/organization', { body: { ...values, hard: values.hard === 'hard' } })),
    onSuccess: async (saved) => {
      await queryClient.invalidateQueries({ queryKey: budgetsQuery.queryKey })
      toast(`The budget is ${formatMoney(nanosOf(saved.limitNanos))}`)
      onClose()
    },
  })
  const remove = useMutation({
    mutationFn: () => api.DELETE('/api/v1/budgets/organization'),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: budgetsQuery.queryKey })
      onClose()
      toast('The budget was removed', {
        description: 'Spending has no limit now.',
        ...(budget
          ? {
              action: {
                label: 'Undo',
                onClick: () =>
                  save.mutate({
                    limitUsd: budget.limitUsd,
                    window: budget.window,
                    hard: budget.hard ? 'hard' : 'soft',
                  }),
              },
            }
          : {}),
      })
    },
  })
  const { errors } = form.formState
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={budget ? 'Change the budget' : 'Set a budget'}
      description="One limit for everything the organization spends on models, in Chat and with API keys."
    >
      <form
        noValidate
        onSubmit={(event) => void form.handleSubmit((values) => save.mutate(values))(event)}
        className="flex flex-col gap-4"
      >
        <div className="grid grid-cols-2 gap-3">
          <Field label="Amount in US dollars" error={errors.limitUsd?.message}>
            {(control) => (
              <Input
                {...control}
                {...form.register('limitUsd')}
                inputMode="decimal"
                placeholder="25.00"
                autoComplete="off"
                className="font-mono"
              />
            )}
          </Field>
          <Field label="For each">
            {(control) => (
              <Controller
                control={form.control}
                name="window"
                render={({ field }) => (
                  <Select
                    id={control.id}
                    value={field.value}
                    onChange={field.onChange}
                    className="w-full [&>select]:h-9"
                    options={[
                      { value: 'day', label: 'Day' },
                      { value: 'month', label: 'Month' },
                      { value: 'lifetime', label: 'Once, in all' },
                    ]}
                  />
                )}
              />
            )}
          </Field>
        </div>
        <Field
          label="When it is used up"
          hint="Refusing is exact: however many calls run at once, the amount is never exceeded, not by one."
        >
          {(control) => (
            <Controller
              control={form.control}
              name="hard"
              render={({ field }) => (
                <Select
                  id={control.id}
                  value={field.value}
                  onChange={field.onChange}
                  className="w-full [&>select]:h-9"
                  options={[
                    { value: 'hard', label: 'Refuse further calls' },
                    { value: 'soft', label: 'Let them through, and show it here' },
                  ]}
                />
              )}
            />
          )}
        </Field>
        <FormError error={save.error ?? remove.error} />
        <DialogActions>
          {budget ? (
            <Button
              variant="ghost"
              className="mr-auto text-red"
              busy={remove.isPending}
              onClick={() => remove.mutate()}
            >
              Remove the budget
            </Button>
          ) : null}
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={save.isPending}>
            Save
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
