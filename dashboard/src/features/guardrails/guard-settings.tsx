import { type ReactNode, useId } from 'react'
import type { GuardrailPolicy } from '../../app/api-types.ts'
import { Checkbox } from '../../ui/checkbox.tsx'
import { Field } from '../../ui/field.tsx'
import { fieldClasses, Input } from '../../ui/input.tsx'
import { Select } from '../../ui/select.tsx'
import { actionOptions, kindWords } from './guard-words.ts'

interface Settings<Guard> {
  value: Guard
  onChange: (value: Guard) => void
}

function NumberField({
  label,
  hint,
  value,
  min,
  max,
  step = 1,
  optional = false,
  onChange,
}: {
  label: string
  hint?: ReactNode
  value: number | null
  min: number
  max: number
  step?: number
  optional?: boolean
  onChange: (value: number | null) => void
}) {
  return (
    <Field label={label} hint={hint} className="max-w-56">
      {(control) => (
        <Input
          {...control}
          type="number"
          value={value ?? ''}
          min={min}
          max={max}
          step={step}
          required={!optional}
          onChange={(event) => onChange(event.target.value === '' ? null : event.target.valueAsNumber)}
          className="numeric"
        />
      )}
    </Field>
  )
}

function Choice({
  label,
  checked,
  onChange,
}: {
  label: string
  checked: boolean
  onChange: (checked: boolean) => void
}) {
  const id = useId()
  return (
    <label htmlFor={id} className="flex cursor-pointer items-start gap-2.5 text-sm max-md:py-1">
      <Checkbox
        id={id}
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-0.5"
      />
      <span className="min-w-0">{label}</span>
    </label>
  )
}

const answerActions = ['off', 'flag', 'redact', 'block'] as const

export function LengthSettings({ value, onChange }: Settings<GuardrailPolicy['length']>) {
  return (
    <div className="flex flex-wrap gap-4">
      <NumberField
        label="Characters of a request"
        value={value.maxCharacters}
        min={1}
        max={10_000_000}
        onChange={(maxCharacters) => onChange({ ...value, maxCharacters: maxCharacters ?? 1 })}
      />
      <NumberField
        label="Messages of a request"
        value={value.maxMessages}
        min={1}
        max={10_000}
        onChange={(maxMessages) => onChange({ ...value, maxMessages: maxMessages ?? 1 })}
      />
    </div>
  )
}

export function PatternSettings({ value, onChange }: Settings<GuardrailPolicy['patterns']>) {
  return (
    <>
      <Field
        label="One a line"
        hint="* is any run without a space, ? one character. Case, accents and hidden characters do not matter."
      >
        {(control) => (
          <textarea
            {...control}
            value={value.patterns.join('\n')}
            rows={4}
            spellCheck={false}
            placeholder={'project bluebird\nACME-*-KEY'}
            onChange={(event) => {
              const lines = event.target.value.split('\n')
              onChange({ ...value, patterns: event.target.value === '' ? [] : lines })
            }}
            className={`${fieldClasses} min-h-24 py-2 font-mono text-sm`}
          />
        )}
      </Field>
      <Field label="Where" className="max-w-56">
        {(control) => (
          <Select
            id={control.id}
            value={value.stages}
            onChange={(stages) => onChange({ ...value, stages })}
            options={[
              { value: 'both', label: 'Requests and answers' },
              { value: 'input', label: 'Requests' },
              { value: 'output', label: 'Answers' },
            ]}
          />
        )}
      </Field>
    </>
  )
}

export function InjectionSettings({ value, onChange }: Settings<GuardrailPolicy['injection']>) {
  return (
    <NumberField
      label="From which score on"
      hint="A heuristic, from 0 to 1. Lower finds more and is wrong more often; try texts of yours."
      value={value.threshold}
      min={0.05}
      max={0.99}
      step={0.01}
      onChange={(threshold) => onChange({ ...value, threshold: threshold ?? 0.5 })}
    />
  )
}

export function PiiSettings({ value, onChange }: Settings<GuardrailPolicy['pii']>) {
  // The object above is the whole list; Object.keys forgets the key type.
  const kinds = Object.keys(kindWords) as GuardrailPolicy['pii']['kinds']
  return (
    <>
      <fieldset className="grid gap-x-6 gap-y-1.5 @xl:grid-cols-2">
        <legend className="mb-1.5 text-sm font-medium">What counts</legend>
        {kinds.map((kind) => (
          <Choice
            key={kind}
            label={kindWords[kind]}
            checked={value.kinds.includes(kind)}
            onChange={(checked) =>
              onChange({
                ...value,
                kinds: kinds.filter((one) => (one === kind ? checked : value.kinds.includes(one))),
              })
            }
          />
        ))}
      </fieldset>
      {value.action === 'redact' ? (
        <Choice
          label="The model sees names such as <EMAIL_1>, and whoever asked sees the data itself in the answer"
          checked={value.reversible}
          onChange={(reversible) => onChange({ ...value, reversible })}
        />
      ) : null}
      <Field
        label="In answers"
        hint="What stood in the request under such a name is not meant."
        className="max-w-56"
      >
        {(control) => (
          <Select
            id={control.id}
            value={value.answers}
            onChange={(answers) => onChange({ ...value, answers })}
            options={actionOptions(answerActions)}
          />
        )}
      </Field>
    </>
  )
}

export function LeakSettings({ value, onChange }: Settings<GuardrailPolicy['promptLeak']>) {
  return (
    <NumberField
      label="Words in a row"
      hint="So many words of the system message in a row count as a leak."
      value={value.words}
      min={6}
      max={100}
      onChange={(words) => onChange({ ...value, words: words ?? 12 })}
    />
  )
}

export function AnswerSettings({ value, onChange }: Settings<GuardrailPolicy['answer']>) {
  return (
    <>
      <Choice
        label="It must be the JSON that the request’s response_format asks for; blocked streams of JSON then come at their end"
        checked={value.format}
        onChange={(format) => onChange({ ...value, format })}
      />
      <NumberField
        label="Characters of an answer"
        hint="Empty for no limit."
        value={value.maxCharacters}
        min={1}
        max={10_000_000}
        optional
        onChange={(maxCharacters) => onChange({ ...value, maxCharacters })}
      />
    </>
  )
}
