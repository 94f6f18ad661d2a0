import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { api, take } from '../../app/api.ts'
import type { ApiKey } from '../../app/api-types.ts'
import { queryClient } from '../../app/query-client.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { FormError } from '../auth/form-error.tsx'
import { ProjectSelect } from '../projects/project-select.tsx'
import { apiKeysQuery } from './queries.ts'

export function KeyProjectDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const [projectId, setProjectId] = useState(apiKey.project?.id ?? '')
  const save = useMutation({
    mutationFn: () =>
      take(
        api.PATCH('/api/v1/api-keys/{id}', {
          params: { path: { id: apiKey.id } },
          body: { projectId: projectId || null },
        }),
      ),
    onSuccess: async ({ name, project }) => {
      await queryClient.invalidateQueries({ queryKey: apiKeysQuery.queryKey })
      toast(project ? `“${name}” is a key of “${project.name}”` : `“${name}” is a key of no project`)
      onClose()
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`The project of “${apiKey.name}”`}
      description="Its calls are for that project from now on. What it has spent stays where it was counted."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
        className="flex flex-col gap-4"
      >
        <ProjectSelect
          label="Project"
          none="None: each call may name one"
          value={projectId}
          onChange={setProjectId}
        />
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
