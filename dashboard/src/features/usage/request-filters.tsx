import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Download } from 'lucide-react'
import { useCallback } from 'react'
import type { UsageSummary } from '../../app/api-types.ts'
import { useUrlText } from '../../app/debounced.ts'
import { Button } from '../../ui/button.tsx'
import { SearchInput } from '../../ui/input.tsx'
import { Select } from '../../ui/select.tsx'
import { type CallFilter, summaryQuery } from './queries.ts'
import { daysOf } from './ranges.ts'

const route = getRouteApi('/app/usage/requests')

const statusOptions = [
  { value: 'all', label: 'Any outcome' },
  { value: 'ok', label: 'Succeeded' },
  { value: 'error', label: 'Failed' },
  { value: 'aborted', label: 'Stopped' },
  { value: 'interrupted', label: 'Interrupted' },
] as const

/** Which calls are shown. All of it stands in the URL, and the file has the same. */
export function RequestFilters({ filter }: { filter: CallFilter }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const set = useCallback(
    (change: Partial<typeof search>) =>
      void navigate({ search: (old) => ({ ...old, ...change, request: undefined }), replace: true }),
    [navigate],
  )
  const setTag = useCallback((tag: string) => set({ tag: tag.trim() || undefined }), [set])
  const [tag, typeTag] = useUrlText(search.tag ?? '', setTag)
  const { from, to } = daysOf('90d')
  const models = useQuery(summaryQuery({ groupBy: 'model', from, to }))
  const members = useQuery(summaryQuery({ groupBy: 'member', from, to }))
  const keys = useQuery(summaryQuery({ groupBy: 'key', from, to }))
  const projects = useQuery(summaryQuery({ groupBy: 'project', from, to }))
  return (
    <div className="flex flex-wrap items-center gap-2 py-3">
      <Select
        label="Outcome"
        value={search.status ?? 'all'}
        options={statusOptions}
        onChange={(status) => set({ status: status === 'all' ? undefined : status })}
      />
      <Select
        label="Model"
        value={search.model ?? ''}
        options={withChosen([{ value: '', label: 'Any model' }, ...optionsOf(models.data)], search.model)}
        onChange={(model) => set({ model: model || undefined })}
        className="max-w-56"
      />
      <Select
        label="Made by"
        value={search.who ?? ''}
        options={withChosen(
          [
            { value: '', label: 'By anybody' },
            ...optionsOf(members.data, 'member:', 'Somebody who left'),
            ...optionsOf(keys.data, 'key:', 'A key that is gone').map((one) => ({
              ...one,
              label: `Key ${one.label}`,
            })),
          ],
          search.who,
        )}
        onChange={(who) => set({ who: who || undefined })}
        className="max-w-56"
      />
      {optionsOf(projects.data).length > 0 || search.project ? (
        <Select
          label="For the project"
          value={search.project ?? ''}
          options={withChosen(
            [{ value: '', label: 'Any project' }, ...optionsOf(projects.data)],
            search.project,
          )}
          onChange={(project) => set({ project: project || undefined })}
          className="max-w-56"
        />
      ) : null}
      <SearchInput label="With the tag" value={tag} onChange={typeTag} className="w-44 max-md:flex-1" />
      <Button asChild className="ml-auto">
        <a href={fileOf(filter)} download>
          <Download /> CSV
        </a>
      </Button>
    </div>
  )
}

function fileOf(filter: CallFilter): string {
  const query = new URLSearchParams({ format: 'csv' })
  for (const [name, value] of Object.entries(filter)) if (value !== undefined) query.set(name, value)
  return `/api/v1/usage/records?${query}`
}

interface Option {
  value: string
  label: string
}

/** What calls of the last three months have. */
function optionsOf(summary: UsageSummary | undefined, prefix = '', unnamed?: string): Option[] {
  return (summary?.data ?? []).flatMap(({ group: [one] }) =>
    one === undefined || one.value === null
      ? []
      : [{ value: `${prefix}${one.value}`, label: one.name ?? unnamed ?? one.value }],
  )
}

/** A link may name what no call of these days has. */
function withChosen(options: Option[], chosen: string | undefined): Option[] {
  return chosen === undefined || options.some(({ value }) => value === chosen)
    ? options
    : [...options, { value: chosen, label: chosen.replace(/^\w+:/, '') }]
}
