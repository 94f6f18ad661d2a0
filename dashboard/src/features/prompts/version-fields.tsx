import { useState } from 'react'
import type { NewPromptVersion, PromptParameters, PromptVariable } from '../../app/api-types.ts'
import { cn } from '../../ui/cn.ts'
import { Field } from '../../ui/field.tsx'
import { fieldClasses, Input } from '../../ui/input.tsx'
import { useChatModels } from '../models/queries.ts'
import { variablesOf } from './template.ts'

type Draft = NewPromptVersion

/** The model and the parameters that a prompt brings along. */
export function ParameterFields({
  draft,
  onChange,
}: {
  draft: Pick<Draft, 'model' | 'parameters'>
  onChange: (part: Partial<Draft>) => void
}) {
  const models = useChatModels()
  const parameters = draft.parameters
  return (
    <div className="grid gap-4 @md:grid-cols-3">
      <Field label="Model" hint="Empty: the organization’s default.">
        {(control) => (
          <>
            <Input
              {...control}
              list={`${control.id}-models`}
              value={draft.model ?? ''}
              maxLength={200}
              placeholder={models.default?.id ?? 'the default'}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => onChange({ model: event.target.value === '' ? null : event.target.value })}
            />
            <datalist id={`${control.id}-models`}>
              {models.chat.map((model) => (
                <option key={model.id} value={model.id}>
                  {model.name}
                </option>
              ))}
            </datalist>
          </>
        )}
      </Field>
      <NumberField
        label="Temperature"
        hint="0 to 2. Empty: the model’s own."
        max={2}
        step={0.1}
        value={parameters.temperature}
        onChange={(temperature) => onChange({ parameters: withPart(parameters, 'temperature', temperature) })}
      />
      <NumberField
        label="Longest answer, tokens"
        hint="Empty: up to 4,096."
        min={1}
        step={1}
        value={parameters.max_tokens}
        onChange={(tokens) => onChange({ parameters: withPart(parameters, 'max_tokens', tokens) })}
      />
    </div>
  )
}

/** Without the part where it has no value. */
function withPart(
  { ...rest }: PromptParameters,
  name: 'temperature' | 'max_tokens',
  value: number | undefined,
): PromptParameters {
  delete rest[name]
  return value === undefined ? rest : { ...rest, [name]: value }
}

export function NumberField({
  label,
  hint,
  value,
  onChange,
  min = 0,
  max,
  step,
}: {
  label: string
  hint?: string
  value: number | undefined
  onChange: (value: number | undefined) => void
  min?: number
  max?: number
  step: number
}) {
  return (
    <Field label={label} hint={hint}>
      {(control) => (
        <Input
          {...control}
          type="number"
          inputMode="decimal"
          min={min}
          max={max}
          step={step}
          value={value ?? ''}
          onChange={(event) =>
            onChange(Number.isNaN(event.target.valueAsNumber) ? undefined : event.target.valueAsNumber)
          }
        />
      )}
    </Field>
  )
}

/** Parameters beside the two that have fields of their own, as JSON. @returns through `onChange`, undefined while it is none */
export function MoreParameters({
  parameters,
  onChange,
}: {
  parameters: PromptParameters
  onChange: (parameters: PromptParameters | undefined) => void
}) {
  const { temperature, max_tokens, ...others } = parameters
  const [text, setText] = useState(Object.keys(others).length === 0 ? '' : JSON.stringify(others, null, 2))
  const [problem, setProblem] = useState<string>()
  return (
    <details className="group" open={text !== ''}>
      <summary className="w-fit rounded-sm text-sm text-ink-2 hover:text-ink">Other parameters</summary>
      <Field
        label={<span className="sr-only">Other parameters</span>}
        error={problem}
        hint="As in a call: response_format, tools, tool_choice, stop, seed, reasoning_effort …"
        className="mt-2"
      >
        {(control) => (
          <textarea
            {...control}
            rows={5}
            spellCheck={false}
            value={text}
            placeholder={'{\n  "response_format": { "type": "json_object" }\n}'}
            onChange={(event) => {
              const typed = event.target.value
              setText(typed)
              const read = parseObject(typed)
              setProblem(read ? undefined : 'This is no JSON object yet.')
              const own = {
                ...(temperature === undefined ? {} : { temperature }),
                ...(max_tokens === undefined ? {} : { max_tokens }),
              }
              onChange(read && { ...read, ...own })
            }}
            className={cn(fieldClasses, 'py-2 font-mono text-sm leading-5')}
          />
        )}
      </Field>
    </details>
  )
}

function parseObject(text: string): PromptParameters | undefined {
  if (text.trim() === '') return {}
  try {
    const value: unknown = JSON.parse(text)
    // Which fields may be in it, the server says.
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as PromptParameters
  } catch {
    // Said by the undefined below.
  }
  return undefined
}

/** What each variable of the messages is when a call says nothing, and what it is for. */
export function VariableFields({
  draft,
  onChange,
}: {
  draft: Pick<Draft, 'messages' | 'variables'>
  onChange: (variables: PromptVariable[]) => void
}) {
  const variables = variablesOf(draft.messages, draft.variables)
  const change = (name: string, part: Partial<PromptVariable>) =>
    onChange(variables.map((one) => (one.name === name ? { ...one, ...part } : one)))
  if (variables.length === 0) {
    return (
      <p className="text-sm text-pretty text-ink-2">
        None. Write <code className="font-mono">{'{{name}}'}</code> in a message for what each call fills in.
      </p>
    )
  }
  return (
    <ul className="flex flex-col gap-3">
      {variables.map((variable) => (
        <li key={variable.name} className="grid items-center gap-2 @md:grid-cols-[10rem_1fr_1fr]">
          <code className="truncate font-mono text-sm text-accent-ink">{variable.name}</code>
          <Input
            aria-label={`Default of ${variable.name}`}
            placeholder="No default: a call must say it"
            value={variable.default ?? ''}
            maxLength={10_000}
            onChange={(event) =>
              change(variable.name, { default: event.target.value === '' ? null : event.target.value })
            }
          />
          <Input
            aria-label={`Description of ${variable.name}`}
            placeholder="What it is"
            value={variable.description}
            maxLength={300}
            onChange={(event) => change(variable.name, { description: event.target.value })}
          />
        </li>
      ))}
    </ul>
  )
}
