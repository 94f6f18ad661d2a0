import { useMutation, useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { toast } from 'sonner'
import { api, take } from '../../app/api.ts'
import type { Model, OrganizationSettings } from '../../app/api-types.ts'
import { queryClient } from '../../app/query-client.ts'
import { useCan, useOrganization } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Checkbox } from '../../ui/checkbox.tsx'
import { Field } from '../../ui/field.tsx'
import { SectionHeader } from '../../ui/page.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { Select } from '../../ui/select.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { FormError } from '../auth/form-error.tsx'
import { modelsQuery } from '../models/queries.ts'
import { settingsQuery } from './queries.ts'

/** Which models may be used here, and which answers when nobody names one. */
export function ModelSettings() {
  const organization = useOrganization()
  const canRead = useCan('read:models')
  const models = useQuery({ ...modelsQuery, enabled: canRead })
  const settings = useQuery(settingsQuery(organization.id))
  if (!canRead) return null
  const failed = [models, settings].find((query) => query.isError)
  return (
    <section aria-labelledby="models" className="mt-12 max-w-2xl">
      <SectionHeader id="models" title="Models" />
      <div className="mt-1 border-t border-line-strong pt-4">
        {models.isPending || settings.isPending ? <SkeletonRows rows={2} /> : null}
        {failed ? (
          <ErrorState
            error={failed.error}
            title="The models could not be loaded"
            onRetry={() => {
              void models.refetch()
              void settings.refetch()
            }}
          />
        ) : null}
        {models.data && settings.data ? (
          <ModelForm key={JSON.stringify(settings.data)} models={models.data} settings={settings.data} />
        ) : null}
      </div>
    </section>
  )
}

/** Stands for “whatever the installation has”. */
const installation = ''

function ModelForm({ models, settings }: { models: readonly Model[]; settings: OrganizationSettings }) {
  const organization = useOrganization()
  const canUpdate = useCan('update:organization')
  const listId = useId()
  const [restricted, setRestricted] = useState(settings.allowedModels !== null)
  const [allowed, setAllowed] = useState<ReadonlySet<string>>(new Set(settings.allowedModels ?? []))
  const [defaultModel, setDefaultModel] = useState(settings.defaultModel ?? installation)
  // A model that is allowed, and that the server does not serve at present, stays in view: it may come back.
  const gone = [...(settings.allowedModels ?? []), ...(settings.defaultModel ? [settings.defaultModel] : [])]
    .filter((id) => !models.some((model) => model.id === id))
    .map((id) => ({ id, name: id, kind: 'chat' as const, provider: 'not served now' }))
  const all = [...models, ...new Map(gone.map((model) => [model.id, model])).values()]
  const askable = all.filter(({ kind, id }) => kind === 'chat' && (!restricted || allowed.has(id)))
  const chosen = askable.some(({ id }) => id === defaultModel) ? defaultModel : installation
  const next: Pick<OrganizationSettings, 'defaultModel' | 'allowedModels'> = {
    defaultModel: chosen === installation ? null : chosen,
    allowedModels: restricted ? all.map(({ id }) => id).filter((id) => allowed.has(id)) : null,
  }
  const hasChanged =
    next.defaultModel !== settings.defaultModel ||
    JSON.stringify(next.allowedModels && [...next.allowedModels].sort()) !==
      JSON.stringify(settings.allowedModels && [...settings.allowedModels].sort())
  const save = useMutation({
    mutationFn: () =>
      take(
        api.PATCH('/api/v1/organizations/{id}/settings', {
          params: { path: { id: organization.id } },
          body: next,
        }),
      ),
    onSuccess: async (saved) => {
      queryClient.setQueryData(settingsQuery(organization.id).queryKey, saved)
      await queryClient.invalidateQueries({ queryKey: modelsQuery.queryKey })
      toast('The models were set')
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
      className="flex flex-col gap-5"
    >
      <div>
        <p className="mb-1.5 text-sm font-medium">Which may be used</p>
        <Segmented
          label="Which may be used"
          value={restricted ? 'some' : 'all'}
          onChange={(value) => {
            if (!canUpdate) return
            setRestricted(value === 'some')
            // Begins with what was used so far, so that nothing stops unnoticed.
            if (value === 'some' && allowed.size === 0) setAllowed(new Set(all.map(({ id }) => id)))
          }}
          options={[
            { value: 'all', label: 'Every model' },
            { value: 'some', label: 'Only these' },
          ]}
        />
        <p className="mt-1.5 text-xs text-ink-3">
          {restricted
            ? 'Calls that name another model are refused, with an API key too.'
            : 'Models that the server gets later can be used here at once.'}
        </p>
        {restricted ? (
          <ul className="mt-3 border-t">
            {all.map(({ id, name, provider, kind }) => (
              <li key={id} className="border-b">
                <label
                  htmlFor={`${listId}-${id}`}
                  className="flex cursor-pointer items-center gap-2.5 py-2 text-sm max-md:py-2.5"
                >
                  <Checkbox
                    id={`${listId}-${id}`}
                    checked={allowed.has(id)}
                    disabled={!canUpdate}
                    onChange={(event) => {
                      const changed = new Set(allowed)
                      if (event.target.checked) changed.add(id)
                      else changed.delete(id)
                      setAllowed(changed)
                    }}
                  />
                  <span className="min-w-0 flex-1 truncate">{name}</span>
                  <span className="shrink-0 text-xs text-ink-3">
                    {provider}
                    {kind === 'embedding' ? ', for search' : ''}
                  </span>
                </label>
              </li>
            ))}
          </ul>
        ) : null}
      </div>
      <Field label="Default model" hint="It answers when a question or a call names no model.">
        {(control) => (
          <Select
            id={control.id}
            value={chosen}
            disabled={!canUpdate}
            onChange={setDefaultModel}
            options={[
              { value: installation, label: 'As the installation has it' },
              ...askable.map(({ id, name }) => ({ value: id, label: name })),
            ]}
            className="w-full max-w-md [&>select]:h-9"
          />
        )}
      </Field>
      <FormError error={save.error} />
      {canUpdate ? (
        <Button
          type="submit"
          variant="primary"
          busy={save.isPending}
          disabled={!hasChanged || (restricted && allowed.size === 0)}
          className="self-start"
        >
          Save the models
        </Button>
      ) : null}
    </form>
  )
}
