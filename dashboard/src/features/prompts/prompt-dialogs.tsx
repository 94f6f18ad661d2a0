import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { api, take } from '../../app/api.ts'
import type { NewPromptVersion, Prompt } from '../../app/api-types.ts'
import { queryClient } from '../../app/query-client.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { FormError } from '../auth/form-error.tsx'
import { promptQuery, refreshPrompts } from './queries.ts'
import { TemplateTextarea } from './template-textarea.tsx'

interface About {
  name: string
  folder: string
  description: string
}

function AboutFields({ about, onChange }: { about: About; onChange: (about: About) => void }) {
  return (
    <>
      <Field label="Name" hint="What calls say: letters, digits and . _ -">
        {(control) => (
          <Input
            {...control}
            value={about.name}
            required
            autoFocus
            maxLength={100}
            pattern="[A-Za-z0-9][A-Za-z0-9._\-]*"
            placeholder="reply-to-customer"
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => onChange({ ...about, name: event.target.value })}
          />
        )}
      </Field>
      <Field label="Folder" hint="Where people find it, such as support/mail. No call says it.">
        {(control) => (
          <Input
            {...control}
            value={about.folder}
            maxLength={300}
            placeholder="none"
            autoComplete="off"
            onChange={(event) => onChange({ ...about, folder: event.target.value })}
          />
        )}
      </Field>
      <Field label="What it is for">
        {(control) => (
          <Input
            {...control}
            value={about.description}
            maxLength={1000}
            autoComplete="off"
            onChange={(event) => onChange({ ...about, description: event.target.value })}
          />
        )}
      </Field>
    </>
  )
}

const firstVersion = (text: string): NewPromptVersion => ({
  messages: [{ role: 'system', content: text }],
  variables: [],
  model: null,
  parameters: {},
  note: '',
})

const trimmed = ({ name, folder, description }: About): About => ({
  name: name.trim(),
  folder: folder.trim(),
  description: description.trim(),
})

/** A new prompt: of a first text that is written here, or of a version that is there already. */
export function NewPromptDialog({
  version,
  folder = '',
  onClose,
  onCreated,
}: {
  version?: NewPromptVersion
  folder?: string | undefined
  onClose: () => void
  onCreated: (prompt: Prompt) => void
}) {
  const [about, setAbout] = useState<About>({ name: '', folder, description: '' })
  const [text, setText] = useState('')
  const create = useMutation({
    mutationFn: () =>
      take(
        api.POST('/api/v1/prompts', {
          body: {
            ...trimmed(about),
            version: version ?? firstVersion(text),
            labels: [],
          },
        }),
      ),
    onSuccess: async (prompt) => {
      await refreshPrompts()
      onCreated(prompt)
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={version ? 'Save as a prompt' : 'Write a prompt'}
      description="Calls use it by its name. It can be changed and rolled back without touching the program that calls."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate()
        }}
        className="flex flex-col gap-4"
      >
        <AboutFields about={about} onChange={setAbout} />
        {version ? null : (
          <Field label="What the model is told" hint="{{name}} is a variable that each call fills in.">
            {(control) => (
              <TemplateTextarea
                {...control}
                value={text}
                required
                rows={4}
                placeholder="You write for {{company}} …"
                onChange={(event) => setText(event.target.value)}
              />
            )}
          </Field>
        )}
        <FormError error={create.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={create.isPending}>
            {version ? 'Save the prompt' : 'Create the prompt'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

/** Another name, folder or description. */
export function ChangePromptDialog({ prompt, onClose }: { prompt: Prompt; onClose: () => void }) {
  const [about, setAbout] = useState<About>(prompt)
  const save = useMutation({
    mutationFn: () =>
      take(
        api.PATCH('/api/v1/prompts/{id}', {
          params: { path: { id: prompt.id } },
          body: trimmed(about),
        }),
      ),
    onSuccess: async (saved) => {
      queryClient.setQueryData(promptQuery(prompt.id).queryKey, saved)
      await refreshPrompts()
      onClose()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Rename or move"
      description="Calls that say the old name are refused from then on. The folder can change at any time."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
        className="flex flex-col gap-4"
      >
        <AboutFields about={about} onChange={setAbout} />
        <FormError error={save.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={save.isPending}>
            Save
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

export function DuplicatePromptDialog({
  prompt,
  version,
  onClose,
  onCreated,
}: {
  prompt: Prompt
  version: number
  onClose: () => void
  onCreated: (prompt: Prompt) => void
}) {
  const [name, setName] = useState(`${prompt.name}-copy`)
  const copy = useMutation({
    mutationFn: () =>
      take(
        api.POST('/api/v1/prompts/{id}/duplicate', {
          params: { path: { id: prompt.id } },
          body: { name: name.trim(), version },
        }),
      ),
    onSuccess: async (made) => {
      await refreshPrompts()
      onCreated(made)
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Duplicate “${prompt.name}”`}
      description={`The new prompt begins with version ${version} and goes its own way.`}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          copy.mutate()
        }}
      >
        <Field label="Name">
          {(control) => (
            <Input
              {...control}
              value={name}
              required
              autoFocus
              maxLength={100}
              autoComplete="off"
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <div className="mt-4">
          <FormError error={copy.error} />
        </div>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={copy.isPending}>
            Duplicate
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
