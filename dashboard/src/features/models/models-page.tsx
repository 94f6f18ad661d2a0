import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Model, ModelHealth } from '../../app/api-types.ts'
import { formatDuration, formatPercent, formatPrice, nanosOf } from '../../app/format.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { SearchInput } from '../../ui/input.tsx'
import { Page, useTitle } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { LatencyBars } from './latency-bars.tsx'
import { ModelState } from './model-state.tsx'
import { ModelsHeader } from './models-header.tsx'
import { modelHealthQuery, modelsQuery } from './queries.ts'

const route = getRouteApi('/app/models')

interface Row {
  model: Model
  health: ModelHealth | undefined
}

function Name({ model }: { model: Model }) {
  return (
    <span className="block min-w-0">
      <span className="block truncate font-medium">{model.name}</span>
      <span className="block truncate font-mono text-xs text-ink-3">{model.id}</span>
    </span>
  )
}

function Latency({ times }: { times: ModelHealth['latencyMs'] | undefined }) {
  if (!times) return <span className="text-ink-3">–</span>
  return (
    <span title={`Half within ${formatDuration(times.p50)}, 95 of 100 within ${formatDuration(times.p95)}`}>
      {formatDuration(times.p50)} <span className="text-ink-3">/ {formatDuration(times.p95)}</span>
    </span>
  )
}

function priceOf(model: Model): string {
  if (!model.priceKnown) return 'Unknown'
  const [input, output] = [nanosOf(model.inputNanosPerMillion), nanosOf(model.outputNanosPerMillion)]
  return input === 0n && output === 0n ? 'Free' : `${formatPrice(input)} / ${formatPrice(output)}`
}

function ErrorRate({ health }: { health: ModelHealth | undefined }) {
  if (!health || health.calls === 0) return <span className="text-ink-3">–</span>
  const { lastError } = health
  return (
    <span title={lastError ? `Last: ${lastError.class.replaceAll('_', ' ')}` : undefined}>
      {formatPercent(health.errorRate)}
    </span>
  )
}

const columns: readonly Column<Row>[] = [
  {
    id: 'name',
    header: 'Model',
    className: 'w-full max-w-0',
    sortBy: ({ model }) => model.name,
    cell: ({ model }) => <Name model={model} />,
  },
  { id: 'state', header: 'State', cell: ({ health }) => <ModelState health={health} /> },
  {
    id: 'calls',
    header: 'Latest calls',
    className: '@max-[60rem]:hidden',
    cell: ({ health }) => <LatencyBars health={health} />,
  },
  {
    id: 'first',
    header: 'First token, usual / slow',
    numeric: true,
    className: 'whitespace-nowrap @max-[60rem]:hidden',
    sortBy: ({ health }) => health?.timeToFirstTokenMs?.p50 ?? -1,
    cell: ({ health }) => <Latency times={health?.timeToFirstTokenMs} />,
  },
  {
    id: 'latency',
    header: 'Answer, usual / slow',
    numeric: true,
    className: 'whitespace-nowrap',
    sortBy: ({ health }) => health?.latencyMs?.p50 ?? -1,
    cell: ({ health }) => <Latency times={health?.latencyMs} />,
  },
  {
    id: 'errors',
    header: 'Failed',
    numeric: true,
    sortBy: ({ health }) => health?.errorRate ?? -1,
    cell: ({ health }) => <ErrorRate health={health} />,
  },
  {
    id: 'price',
    header: 'In / out per million',
    numeric: true,
    className: 'whitespace-nowrap text-ink-2',
    sortBy: ({ model }) => nanosOf(model.outputNanosPerMillion),
    cell: ({ model }) => priceOf(model),
  },
]

const sortable = ['name', 'latency', 'first', 'errors', 'price'] as const

/** Every model that can be called, with what this server has seen of it lately. */
export function ModelsPage() {
  useTitle('Models')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const models = useQuery(modelsQuery)
  const health = useQuery(modelHealthQuery)
  const rows = useMemo<Row[]>(() => {
    const byModel = new Map(health.data?.map((one) => [one.model, one]))
    const order = new Map(health.data?.map((one, index) => [one.model, index]))
    const wanted = (search.q ?? '').toLowerCase()
    return (models.data ?? [])
      .filter((model) => !model.isAlias)
      .filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(wanted))
      .map((model) => ({ model, health: byModel.get(model.id) }))
      .sort((a, b) => (order.get(a.model.id) ?? 0) - (order.get(b.model.id) ?? 0))
  }, [models.data, health.data, search.q])
  const pending = models.isPending || health.isPending
  const failed = models.error ?? health.error
  return (
    <Page>
      <ModelsHeader />
      <SearchInput
        label="Find a model"
        value={search.q ?? ''}
        onChange={(q) =>
          void navigate({ search: (old) => ({ ...old, q: q === '' ? undefined : q }), replace: true })
        }
        className="mt-4 max-w-xs max-md:max-w-none"
      />
      {pending && !failed ? <SkeletonRows rows={8} className="mt-12" /> : null}
      {failed ? (
        <ErrorState
          error={failed}
          title="The models could not be loaded"
          onRetry={() => void Promise.all([models.refetch(), health.refetch()])}
          className="mt-6"
        />
      ) : null}
      {!pending && !failed && rows.length === 0 ? (
        <EmptyState title="No model has this in its name">
          Names and ids are searched. Which models there are is set on the server, and which of them this
          organization allows in its settings.
        </EmptyState>
      ) : null}
      {!pending && rows.length > 0 ? (
        <div className="mt-3">
          <DataTable
            label="Models"
            columns={columns}
            rows={rows}
            rowKey={({ model }) => `${model.provider} ${model.id}`}
            sort={search.sort ? { id: search.sort, desc: search.desc === true } : undefined}
            onSort={(sort) =>
              void navigate({
                search: (old) => ({
                  ...old,
                  sort: sortable.find((id) => id === sort?.id),
                  desc: sort?.desc ? true : undefined,
                }),
                replace: true,
              })
            }
            compact={({ model, health: one }) => (
              <div className="flex flex-col gap-1.5">
                <div className="flex items-start justify-between gap-3">
                  <Name model={model} />
                  <span className="text-sm">
                    <ModelState health={one} />
                  </span>
                </div>
                <div className="flex items-center justify-between gap-3 text-sm text-ink-2">
                  <span>
                    <Latency times={one?.latencyMs} />
                  </span>
                  <span>{priceOf(model)}</span>
                </div>
                {one?.lastError ? (
                  <p className="text-xs text-ink-3">
                    Last failure: {one.lastError.class.replaceAll('_', ' ')},{' '}
                    <Time value={one.lastError.at} />
                  </p>
                ) : null}
              </div>
            )}
          />
          <p className="mt-3 text-xs text-ink-3">
            Of the last five minutes, as the server that answered this page has seen them.
          </p>
        </div>
      ) : null}
    </Page>
  )
}
