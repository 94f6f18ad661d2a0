import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Prompt, PromptVersion } from '../../app/api-types.ts'
import { Field } from '../../ui/field.tsx'
import { Select } from '../../ui/select.tsx'
import { promptsQuery } from '../prompts/queries.ts'
import { roleNames } from '../prompts/template.ts'
import { TemplatePieces } from '../prompts/template-textarea.tsx'

const none = 'none'

/** Which prompt is tried, or none. */
export function PromptPicker({
  value,
  onChange,
}: {
  value: Prompt | undefined
  onChange: (promptId: string | undefined) => void
}) {
  const { data = [] } = useInfiniteQuery(promptsQuery({}))
  // The one that is open may be on a later page, or archived.
  const all = value && !data.some(({ id }) => id === value.id) ? [value, ...data] : data
  return (
    <Field label="Begin with">
      {(control) => (
        <Select
          id={control.id}
          value={value?.id ?? none}
          options={[
            { value: none, label: 'Messages of your own' },
            ...all.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(id) => onChange(id === none ? undefined : id)}
          className="w-full"
        />
      )}
    </Field>
  )
}

/** What the prompt brings, to read; it is changed on its own page. */
export function PromptMessages({ prompt, version }: { prompt: Prompt; version: PromptVersion }) {
  return (
    <details className="rounded-md border bg-sunken px-3 py-2">
      <summary className="rounded-sm text-sm">
        {version.messages.length} {version.messages.length === 1 ? 'message' : 'messages'} of {prompt.name},
        version {version.number}
      </summary>
      <ol className="mt-2 flex flex-col gap-3">
        {version.messages.map(({ role, content }, place) => (
          // Messages of a version never move.
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <li key={place}>
            <p className="text-xs text-ink-3">{roleNames[role]}</p>
            <p className="font-mono text-xs leading-5 [overflow-wrap:anywhere] whitespace-pre-wrap">
              <TemplatePieces source={content} shown />
            </p>
          </li>
        ))}
      </ol>
      <Link
        to="/models/prompts/$promptId"
        params={{ promptId: prompt.id }}
        search={{ version: version.number }}
        className="mt-2 inline-block rounded-sm text-sm text-accent-ink underline decoration-accent-line underline-offset-3"
      >
        Open the prompt
      </Link>
    </details>
  )
}
