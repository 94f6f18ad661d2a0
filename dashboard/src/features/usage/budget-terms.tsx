import { Controller, type UseFormReturn } from 'react-hook-form'
import * as z from 'zod/mini'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { Select } from '../../ui/select.tsx'

/** How much, for how long, and what then: the same for every budget. */
export const termsSchema = z.object({
  limitUsd: z.string().check(
    z.trim(),
    z.regex(/^\d{1,9}(\.\d{1,9})?$/, 'Enter an amount in dollars, for example 25 or 0.50.'),
    z.refine((amount) => Number(amount) > 0, 'A budget of nothing would refuse every call.'),
  ),
  window: z.enum(['day', 'week', 'month', 'lifetime']),
  hard: z.enum(['hard', 'soft']),
  timeZone: z.string().check(z.trim(), z.minLength(1, 'Enter a time zone, for example Europe/Berlin.')),
  thresholds: z
    .string()
    .check(
      z.trim(),
      z.regex(
        /^(\d{1,3}(\s*,\s*\d{1,3})*)?$/,
        'Enter percents with commas between them, for example 50, 80.',
      ),
    ),
})

export type TermsForm = z.infer<typeof termsSchema>

export const newTerms: TermsForm = {
  limitUsd: '',
  window: 'month',
  hard: 'hard',
  timeZone: 'UTC',
  thresholds: '50, 80, 100',
}

/** The form's words as the API takes them. */
export function termsOf({ hard, thresholds, ...terms }: TermsForm) {
  const percents = thresholds.split(',').filter((part) => part.trim() !== '')
  return { ...terms, hard: hard === 'hard', thresholds: percents.map(Number) }
}

// Names without an area the server does not take.
const timeZones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone.includes('/'))]

export function BudgetTerms({ form }: { form: UseFormReturn<TermsForm> }) {
  const { errors } = form.formState
  return (
    <>
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
        <Choice
          form={form}
          name="window"
          label="For each"
          options={[
            { value: 'day', label: 'Day' },
            { value: 'week', label: 'Week' },
            { value: 'month', label: 'Month' },
            { value: 'lifetime', label: 'Once, in all' },
          ]}
        />
      </div>
      <Choice
        form={form}
        name="hard"
        label="When it is used up"
        hint="Refusing is exact: however many calls run at once, the amount is never exceeded, not by one."
        options={[
          { value: 'hard', label: 'Refuse further calls' },
          { value: 'soft', label: 'Let them through, and tell' },
        ]}
      />
      <div className="grid grid-cols-2 gap-3">
        <Field label="Begins at midnight in" error={errors.timeZone?.message}>
          {(control) => (
            <>
              <Input
                {...control}
                {...form.register('timeZone')}
                list={`${control.id}-zones`}
                placeholder="UTC"
                autoComplete="off"
              />
              <datalist id={`${control.id}-zones`}>
                {timeZones.map((zone) => (
                  <option key={zone} value={zone} />
                ))}
              </datalist>
            </>
          )}
        </Field>
        <Field label="Tell at percents" error={errors.thresholds?.message}>
          {(control) => (
            <Input
              {...control}
              {...form.register('thresholds')}
              placeholder="50, 80, 100"
              autoComplete="off"
              className="font-mono"
            />
          )}
        </Field>
      </div>
    </>
  )
}

/** One of the form's fields that is chosen from a list. */
function Choice<Name extends 'window' | 'hard'>({
  form,
  name,
  label,
  hint,
  options,
}: {
  form: UseFormReturn<TermsForm>
  name: Name
  label: string
  hint?: string
  options: readonly { value: TermsForm[Name]; label: string }[]
}) {
  return (
    <Field label={label} hint={hint}>
      {(control) => (
        <Controller
          control={form.control}
          name={name}
          render={({ field }) => (
            <Select
              id={control.id}
              value={field.value}
              onChange={field.onChange}
              className="w-full [&>select]:h-9"
              options={options}
            />
          )}
        />
      )}
    </Field>
  )
}
