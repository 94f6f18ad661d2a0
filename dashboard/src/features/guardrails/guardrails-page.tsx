import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { toast } from 'sonner'
import { api, take } from '../../app/api.ts'
import type { GuardrailChoices, GuardrailPolicy, GuardrailSettings } from '../../app/api-types.ts'
import { queryClient } from '../../app/query-client.ts'
import { Button } from '../../ui/button.tsx'
import { Page, SectionHeader, useTitle } from '../../ui/page.tsx'
import { Select } from '../../ui/select.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { FormError } from '../auth/form-error.tsx'
import { useChatModels } from '../models/queries.ts'
import { OrganizationHeader } from '../organization/organization-header.tsx'
import { GuardList } from './guard-list.tsx'
import { guardrailsQuery } from './queries.ts'
import { TrialBox } from './trial-box.tsx'

const route = getRouteApi('/app/organization/guardrails')
/** Stands for every call of the organization. */
const everyCall = ''

/** What may go to models and come from them, and a place to try it. */
export function GuardrailsPage() {
  useTitle('Guardrails')
  const { model } = route.useSearch()
  const navigate = route.useNavigate()
  const settings = useQuery(guardrailsQuery)
  const { chat } = useChatModels()
  const set = settings.data?.models ?? []
  const names = [
    ...new Set([...set.map((one) => one.model), ...chat.map(({ id }) => id), ...(model ? [model] : [])]),
  ]
  return (
    <Page>
      <OrganizationHeader />
      <p className="mt-5 max-w-[72ch] text-sm text-pretty text-ink-2">
        Guards look at every request before a model sees it, and at every answer before anybody reads it,
        streams included.
        {settings.data && settings.data.updatedAt === null && set.length === 0
          ? ' All of them are off until you say otherwise: begin with Flag, look at the request log for some days, then block.'
          : ' What they find stands with each request in the request log; what they block, in the audit log.'}
      </p>
      {settings.isError ? (
        <ErrorState
          error={settings.error}
          title="The guardrails could not be loaded"
          onRetry={() => void settings.refetch()}
          className="mt-6"
        />
      ) : null}
      <div className="mt-6 grid gap-x-10 gap-y-10 @4xl:grid-cols-[minmax(0,1fr)_22rem]">
        {settings.isPending ? <SkeletonRows rows={8} /> : null}
        {settings.data ? (
          <PolicyForm
            key={`${model} ${JSON.stringify(settings.data)}`}
            settings={settings.data}
            model={model}
            scope={
              <Select
                label="For which calls"
                value={model ?? everyCall}
                onChange={(next) => void navigate({ search: next === everyCall ? {} : { model: next } })}
                options={[
                  { value: everyCall, label: 'Every call' },
                  ...names.map((name) => ({
                    value: name,
                    label: set.some((one) => one.model === name) ? `${name} (set)` : name,
                  })),
                ]}
                className="w-60 max-w-full"
              />
            }
          />
        ) : null}
      </div>
    </Page>
  )
}

function PolicyForm({
  settings,
  model,
  scope,
}: {
  settings: GuardrailSettings
  model: string | undefined
  scope: React.ReactNode
}) {
  const stored = settings.models.find((one) => one.model === model)
  const saved: GuardrailChoices = model === undefined ? settings.policy : (stored?.guards ?? {})
  const [draft, setDraft] = useState(saved)
  const hasChanged = JSON.stringify(draft) !== JSON.stringify(saved)
  const query = model === undefined ? {} : { model }
  const put = (body: GuardrailChoices) => take(api.PUT('/api/v1/guardrails', { params: { query }, body }))
  const save = useMutation({
    mutationFn: () => put(tidy(draft)),
    onSuccess: (after) => {
      queryClient.setQueryData(guardrailsQuery.queryKey, after)
      toast('The guardrails were set', { description: 'They count for the next call.' })
    },
  })
  const takeBack = useMutation({
    mutationFn: async (named: string) => {
      await take(api.DELETE('/api/v1/guardrails', { params: { query: { model: named } } }))
      await queryClient.invalidateQueries({ queryKey: guardrailsQuery.queryKey, exact: true })
    },
    onSuccess: (_, named) =>
      toast(`${named} is guarded as every other call`, {
        action: {
          label: 'Undo',
          onClick: () =>
            void put(saved).then((after) => queryClient.setQueryData(guardrailsQuery.queryKey, after)),
        },
      }),
  })
  const noKinds = draft.pii?.kinds.length === 0 && (draft.pii.action !== 'off' || draft.pii.answers !== 'off')
  return (
    <>
      <form
        aria-labelledby="guards"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
        className="min-w-0"
      >
        <SectionHeader id="guards" title="Guards">
          {scope}
        </SectionHeader>
        {model === undefined ? null : (
          <p className="mt-1 mb-2 text-sm text-pretty text-ink-2">
            For calls that name {model}, or that it may answer. What is not set here is as for every call.
          </p>
        )}
        <div className="mt-1">
          <GuardList
            base={settings.policy}
            draft={draft}
            isOverride={model !== undefined}
            onChange={setDraft}
          />
        </div>
        <FormError error={save.error ?? takeBack.error} />
        <div className="mt-4 flex flex-wrap items-center gap-3">
          <Button type="submit" variant="primary" busy={save.isPending} disabled={!hasChanged || noKinds}>
            Save the guardrails
          </Button>
          {hasChanged ? <Button onClick={() => setDraft(saved)}>Discard</Button> : null}
          {model !== undefined && stored ? (
            <Button variant="ghost" busy={takeBack.isPending} onClick={() => takeBack.mutate(model)}>
              Take back
            </Button>
          ) : null}
          {noKinds ? (
            <p role="alert" className="text-sm text-red">
              Choose at least one kind of personal data.
            </p>
          ) : null}
        </div>
      </form>
      <TrialBox model={model} policy={testable(tidy(draft))} />
    </>
  )
}

/** Without empty lines. */
function tidy(draft: GuardrailChoices): GuardrailChoices {
  if (!draft.patterns) return draft
  const patterns = draft.patterns.patterns.map((line) => line.trim()).filter((line) => line !== '')
  return { ...draft, patterns: { ...draft.patterns, patterns } }
}

/** What is half typed is left out, so that the others can be tried. */
function testable({ pii, ...others }: GuardrailChoices): GuardrailChoices {
  const isWhole = (guard: GuardrailPolicy['pii'] | undefined) => guard !== undefined && guard.kinds.length > 0
  return isWhole(pii) && pii ? { ...others, pii } : others
}
