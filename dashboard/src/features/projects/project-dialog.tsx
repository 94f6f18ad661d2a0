import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { api, take } from '../../app/api.ts'
import type { Project } from '../../app/api-types.ts'
import { queryClient } from '../../app/query-client.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { FormError } from '../auth/form-error.tsx'
import { projectsKey } from './queries.ts'

export function ProjectDialog({ project, onClose }: { project: Project | null; onClose: () => void }) {
  const [name, setName] = useState(project?.name ?? '')
  const [slug, setSlug] = useState(project?.slug ?? '')
  const [description, setDescription] = useState(project?.description ?? '')
  const save = useMutation({
    mutationFn: () => {
      const body = {
        name: name.trim(),
        description: description.trim(),
        ...(slug.trim() === '' ? {} : { slug: slug.trim() }),
      }
      return project === null
        ? take(api.POST('/api/v1/projects', { body }))
        : take(api.PATCH('/api/v1/projects/{id}', { params: { path: { id: project.id } }, body }))
    },
    onSuccess: async (saved) => {
      await queryClient.invalidateQueries({ queryKey: projectsKey })
      toast(project === null ? `“${saved.name}” was created` : `“${saved.name}” was changed`)
      onClose()
    },
  })
  const isRenamed = project !== null && slug.trim() !== project.slug
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={project === null ? 'Create a project' : `Change “${project.name}”`}
      description="What calls are for. A project has keys of its own, is counted for itself, and can have a budget."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
        className="flex flex-col gap-4"
      >
        <Field label="Name">
          {(control) => (
            <Input
              {...control}
              value={name}
              required
              maxLength={120}
              placeholder="Billing bot"
              autoFocus
              autoComplete="off"
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field
          label="Slug"
          hint={
            isRenamed
              ? 'Calls that name the old slug will be refused.'
              : 'What callers send in the header OpenAI-Project. Empty: made of the name.'
          }
        >
          {(control) => (
            <Input
              {...control}
              value={slug}
              maxLength={64}
              placeholder="billing-bot"
              autoComplete="off"
              spellCheck={false}
              className="font-mono text-sm"
              onChange={(event) => setSlug(event.target.value)}
            />
          )}
        </Field>
        <Field label="What it is for">
          {(control) => (
            <Input
              {...control}
              value={description}
              maxLength={1_000}
              placeholder="Reads invoices and answers questions about them"
              autoComplete="off"
              onChange={(event) => setDescription(event.target.value)}
            />
          )}
        </Field>
        <FormError error={save.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={save.isPending} disabled={name.trim() === ''}>
            {project === null ? 'Create the project' : 'Save'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
