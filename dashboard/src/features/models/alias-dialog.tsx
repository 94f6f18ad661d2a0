import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { toast } from 'sonner'
import { api, take } from '../../app/api.ts'
import type { ModelAlias } from '../../app/api-types.ts'
import { queryClient } from '../../app/query-client.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { Select } from '../../ui/select.tsx'
import { FormError } from '../auth/form-error.tsx'
import { modelsQuery } from './queries.ts'
import { strategies, strategyOptions, weighs } from './strategies.ts'
import { type Target, TargetList } from './target-list.tsx'

/** What a new route begins with. */
const newAlias = { maxAttempts: 3, totalTimeoutMs: 60_000 }

export function AliasDialog({ alias, onClose }: { alias: ModelAlias | null; onClose: () => void }) {
  const models = useQuery(modelsQuery)
  const [name, setName] = useState(alias?.name ?? '')
  const [description, setDescription] = useState(alias?.description ?? '')
  const [strategy, setStrategy] = useState<ModelAlias['strategy']>(alias?.strategy ?? 'priority')
  const [targets, setTargets] = useState<Target[]>(
    alias?.targets.map(({ model, weight, timeoutMs }) => ({ model, weight, timeoutMs })) ?? [],
  )
  const save = useMutation({
    mutationFn: () => {
      const body = { description: description.trim(), strategy, targets }
      return alias?.id
        ? take(api.PATCH('/api/v1/model-aliases/{id}', { params: { path: { id: alias.id } }, body }))
        : take(api.POST('/api/v1/model-aliases', { body: { ...newAlias, ...body, name: name.trim() } }))
    },
    onSuccess: async (saved) => {
      await queryClient.invalidateQueries({ queryKey: ['models'] })
      toast(alias ? `“${saved.name}” was changed` : `Calls can name “${saved.name}” now`)
      onClose()
    },
  })
  const choices = (models.data ?? []).filter(({ kind, isAlias }) => kind === 'chat' && !isAlias)
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={alias ? `Change “${alias.name}”` : 'Make a route'}
      description="A name that callers send as the model. Before the first word of an answer, a model that fails, is limited or is late gives way to the next."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
        className="flex flex-col gap-4"
      >
        {alias ? null : (
          <Field label="Name" hint="Letters, digits and _ . : / -">
            {(control) => (
              <Input
                {...control}
                value={name}
                required
                maxLength={100}
                pattern="[A-Za-z0-9][A-Za-z0-9_.:\/\-]*"
                placeholder="fast"
                autoFocus
                autoComplete="off"
                className="font-mono"
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
        )}
        <Field label="What it is for">
          {(control) => (
            <Input
              {...control}
              value={description}
              maxLength={500}
              placeholder="Short answers in the app"
              autoComplete="off"
              onChange={(event) => setDescription(event.target.value)}
            />
          )}
        </Field>
        <Field label="Which model comes first" hint={strategies[strategy].about}>
          {({ id }) => <Select id={id} value={strategy} onChange={setStrategy} options={strategyOptions} />}
        </Field>
        <TargetList
          targets={targets}
          models={choices}
          weighted={weighs.has(strategy)}
          onChange={setTargets}
        />
        <FormError error={save.error} />
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            variant="primary"
            busy={save.isPending}
            disabled={targets.length === 0 || (!alias && name.trim() === '')}
          >
            {alias ? 'Save' : 'Make the route'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
