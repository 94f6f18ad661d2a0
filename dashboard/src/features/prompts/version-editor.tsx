import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { api, take } from '../../app/api.ts'
import type { NewPromptVersion, Prompt, PromptVersion } from '../../app/api-types.ts'
import { queryClient } from '../../app/query-client.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { SectionHeader } from '../../ui/page.tsx'
import { FormError } from '../auth/form-error.tsx'
import { MessagesEditor } from './messages-editor.tsx'
import { refreshPrompts, versionQuery } from './queries.ts'
import { draftOf, variablesOf } from './template.ts'
import { MoreParameters, ParameterFields, VariableFields } from './version-fields.tsx'

/** Writes the next version, beginning with one that is there. */
export function VersionEditor({
  prompt,
  from,
  onClose,
  onSaved,
}: {
  prompt: Prompt
  from: PromptVersion
  onClose: () => void
  onSaved: (version: number) => void
}) {
  const [draft, setDraft] = useState<NewPromptVersion>(() => draftOf(from))
  const [readable, setReadable] = useState(true)
  const change = (part: Partial<NewPromptVersion>) => setDraft((old) => ({ ...old, ...part }))
  const save = useMutation({
    mutationFn: () =>
      take(
        api.POST('/api/v1/prompts/{id}/versions', {
          params: { path: { id: prompt.id } },
          body: { ...draft, variables: variablesOf(draft.messages, draft.variables) },
        }),
      ),
    onSuccess: async (version) => {
      queryClient.setQueryData(versionQuery(prompt.id, version.number).queryKey, version)
      await refreshPrompts()
      toast(`Version ${version.number} is saved`, { description: 'It serves no call until it is deployed.' })
      onSaved(version.number)
    },
  })
  const empty = draft.messages.every(({ content }) => content.trim() === '')
  return (
    <form
      aria-label={`Version ${prompt.latestVersion + 1}`}
      onSubmit={(event) => {
        event.preventDefault()
        if (!empty && readable) save.mutate()
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) event.currentTarget.requestSubmit()
      }}
      className="@container flex flex-col gap-8"
    >
      <section aria-labelledby="edit-messages">
        <SectionHeader id="edit-messages" title="Messages" />
        <div className="mt-1 border-t border-line-strong pt-3">
          <MessagesEditor messages={draft.messages} onChange={(messages) => change({ messages })} />
        </div>
      </section>
      <section aria-labelledby="edit-variables">
        <SectionHeader id="edit-variables" title="Variables" />
        <div className="mt-1 border-t border-line-strong pt-3">
          <VariableFields draft={draft} onChange={(variables) => change({ variables })} />
        </div>
      </section>
      <section aria-labelledby="edit-model">
        <SectionHeader id="edit-model" title="Model and parameters" />
        <div className="mt-1 flex flex-col gap-4 border-t border-line-strong pt-3">
          <ParameterFields draft={draft} onChange={change} />
          <MoreParameters
            parameters={draft.parameters}
            onChange={(parameters) => {
              setReadable(parameters !== undefined)
              if (parameters) change({ parameters })
            }}
          />
        </div>
      </section>
      <div className="sticky bottom-0 -mx-4 border-t bg-paper px-4 py-3">
        <FormError error={save.error} />
        <div className="flex flex-wrap items-end gap-2">
          <Field label="What has changed" className="min-w-48 flex-1">
            {(control) => (
              <Input
                {...control}
                value={draft.note}
                maxLength={500}
                placeholder="Shorter, and asks back when unsure"
                autoComplete="off"
                onChange={(event) => change({ note: event.target.value })}
              />
            )}
          </Field>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={save.isPending} disabled={empty || !readable}>
            Save version {prompt.latestVersion + 1}
          </Button>
        </div>
      </div>
    </form>
  )
}
