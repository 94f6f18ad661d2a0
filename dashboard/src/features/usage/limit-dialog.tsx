import { standardSchemaResolver } from '@hookform/resolvers/standard-schema'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { toast } from 'sonner'
import * as z from 'zod/mini'
import { api, take } from '../../app/api.ts'
import type { Limit } from '../../app/api-types.ts'
import { dropUndefined } from '../../app/drop-undefined.ts'
import { queryClient } from '../../app/query-client.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { FormError } from '../auth/form-error.tsx'
import { type About, BudgetAbout, everything, partOf } from './budget-about.tsx'
import { limitSubject } from './limit-gauges.tsx'
import { limitsQuery } from './queries.ts'

const count = z
  .string()
  .check(z.trim(), z.regex(/^([1-9]\d{0,8})?$/, 'Enter a whole number, or nothing for no limit.'))

const schema = z.object({ requests: count, tokens: count, calls: count }).check(
  z.refine(({ requests, tokens, calls }) => requests !== '' || tokens !== '' || calls !== '', {
    path: ['requests'],
    message: 'Enter at least one of the three.',
  }),
)
type Form = z.infer<typeof schema>

const numberOf = (text: string): number | null => (text === '' ? null : Number(text))
const textOf = (value: number | null | undefined): string => (value ? String(value) : '')

/** Makes a limit, or changes one. */
export function LimitDialog({ limit, onClose }: { limit?: Limit; onClose: () => void }) {
  const [about, setAbout] = useState<About>(everything)
  const form = useForm<Form>({
    resolver: standardSchemaResolver(schema),
    defaultValues: {
      requests: textOf(limit?.requestsPerMinute),
      tokens: textOf(limit?.tokensPerMinute),
      calls: textOf(limit?.callsAtOnce),
    },
  })
  const changed = async (message: string) => {
    await queryClient.invalidateQueries({ queryKey: limitsQuery.queryKey })
    toast(message)
    onClose()
  }
  const save = useMutation({
    mutationFn: ({ requests, tokens, calls }: Form) => {
      const terms = {
        requestsPerMinute: numberOf(requests),
        tokensPerMinute: numberOf(tokens),
        callsAtOnce: numberOf(calls),
      }
      if (limit)
        return take(api.PATCH('/api/v1/limits/{id}', { params: { path: { id: limit.id } }, body: terms }))
      const set = dropUndefined({
        requestsPerMinute: terms.requestsPerMinute ?? undefined,
        tokensPerMinute: terms.tokensPerMinute ?? undefined,
        callsAtOnce: terms.callsAtOnce ?? undefined,
      })
      return take(api.POST('/api/v1/limits', { body: { ...partOf(about), ...set } }))
    },
    onSuccess: () => changed('The limit was set'),
  })
  const remove = useMutation({
    mutationFn: (id: string) => api.DELETE('/api/v1/limits/{id}', { params: { path: { id } } }),
    onSuccess: () => changed('The limit was removed'),
  })
  const { errors } = form.formState
  const fields = [
    { name: 'requests', label: 'Requests a minute' },
    { name: 'tokens', label: 'Tokens a minute' },
    { name: 'calls', label: 'Calls at once' },
  ] as const
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={limit ? 'Change the limit' : 'Set a limit'}
      description={
        limit
          ? `For ${limitSubject(limit)}.`
          : 'A call must pass every limit it counts in. One that is refused is told when to come back.'
      }
    >
      <form
        noValidate
        onSubmit={(event) => void form.handleSubmit((values) => save.mutate(values))(event)}
        className="flex flex-col gap-4"
      >
        {limit ? null : <BudgetAbout value={about} onChange={setAbout} what="limit" />}
        <div className="grid gap-3 sm:grid-cols-3">
          {fields.map(({ name, label }) => (
            <Field key={name} label={label} error={errors[name]?.message}>
              {(control) => (
                <Input
                  {...control}
                  {...form.register(name)}
                  inputMode="numeric"
                  placeholder="No limit"
                  autoComplete="off"
                  className="font-mono"
                />
              )}
            </Field>
          ))}
        </div>
        <FormError error={save.error ?? remove.error} />
        <DialogActions>
          {limit ? (
            <Button
              variant="ghost"
              className="mr-auto text-red"
              busy={remove.isPending}
              onClick={() => remove.mutate(limit.id)}
            >
              Remove the limit
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
