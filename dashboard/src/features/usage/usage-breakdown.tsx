import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Download } from 'lucide-react'
import type { UsageSummary } from '../../app/api-types.ts'
import { formatCompact, formatCount, formatDuration, nanosOf } from '../../app/format.ts'
import { Button } from '../../ui/button.tsx'
import { Money } from '../../ui/money.tsx'
import { SectionHeader } from '../../ui/page.tsx'
import { Select } from '../../ui/select.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { type Breakdown, breakdowns, summaryQuery } from './queries.ts'
import { purposes } from './request-rows.tsx'

const route = getRouteApi('/app/usage')

const options: readonly { value: Breakdown; label: string; without: string }[] = [
  { value: 'member', label: 'By member', without: 'No member' },
  { value: 'key', label: 'By API key', without: 'Without a key' },
  { value: 'service_account', label: 'By service account', without: 'No service account' },
  { value: 'project', label: 'By project', without: 'For no project' },
  { value: 'tag', label: 'By tag', without: 'Without a tag' },
  { value: 'purpose', label: 'By purpose', without: 'None' },
  { value: 'provider', label: 'By provider', without: 'None' },
  { value: 'status', label: 'By outcome', without: 'None' },
]

type Group = UsageSummary['data'][number]

/** What a period's calls come to, by whatever somebody wants to know it by. */
export function UsageBreakdown({ from, to }: { from: string; to: string }) {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const by = search.by ?? breakdowns[0]
  const summary = useQuery(summaryQuery({ groupBy: by, from, to }))
  const file = new URLSearchParams({ groupBy: `day,${by}`, from, to, format: 'csv' })
  return (
    <section aria-labelledby="breakdown" className="mt-10">
      <SectionHeader title="Breakdown" id="breakdown">
        <span className="flex items-center gap-2">
          <Select
            label="Break down"
            value={by}
            options={options}
            onChange={(next) =>
              void navigate({
                search: (old) => ({ ...old, by: next === breakdowns[0] ? undefined : next }),
                replace: true,
                resetScroll: false,
              })
            }
          />
          <Button asChild>
            <a href={`/api/v1/usage/summary?${file}`} download>
              <Download /> CSV
            </a>
          </Button>
        </span>
      </SectionHeader>
      {summary.isPending ? <SkeletonRows rows={4} className="mt-2 border-t border-line-strong" /> : null}
      {summary.isError ? (
        <ErrorState
          error={summary.error}
          title="The breakdown could not be loaded"
          onRetry={() => void summary.refetch()}
        />
      ) : null}
      {summary.data ? <Groups by={by} summary={summary.data} /> : null}
    </section>
  )
}

function Groups({ by, summary }: { by: Breakdown; summary: UsageSummary }) {
  const most = summary.data.reduce(
    (all, { costNanos }) => (nanosOf(costNanos) > all ? nanosOf(costNanos) : all),
    0n,
  )
  const mostCalls = Math.max(1, ...summary.data.map(({ calls }) => calls))
  // Where nothing costs anything the bars are of calls.
  const part = (group: Group): number =>
    most === 0n ? group.calls / mostCalls : Number((nanosOf(group.costNanos) * 1_000n) / most) / 1_000
  return (
    <table className="mt-1 w-full text-base [&_td]:py-2.5 [&_td]:pl-4 [&_th]:py-2 [&_th]:pl-4">
      <caption className="sr-only">{options.find(({ value }) => value === by)?.label}</caption>
      <thead className="text-xs text-ink-3">
        <tr className="border-b border-line-strong">
          <th scope="col" className="!pl-0 text-left font-medium">
            {options.find(({ value }) => value === by)?.label.slice(3)}
          </th>
          <th scope="col" className="text-right font-medium">
            Calls
          </th>
          <th scope="col" className="text-right font-medium max-sm:hidden">
            Failed
          </th>
          <th scope="col" className="text-right font-medium max-sm:hidden">
            Tokens
          </th>
          <th scope="col" className="text-right font-medium max-sm:hidden">
            Half within
          </th>
          <th scope="col" className="text-right font-medium">
            Cost
          </th>
        </tr>
      </thead>
      <tbody>
        {summary.data.map((group) => (
          <tr key={group.group[0]?.value ?? ''} className="border-b">
            <td className="w-1/2 !pl-0">
              <span className="block break-words">{labelOf(by, group)}</span>
              <span className="mt-1.5 block h-1 rounded-full bg-hover" aria-hidden>
                <span
                  className="block h-full rounded-full bg-accent"
                  style={{ width: `${Math.max(0.5, part(group) * 100)}%` }}
                />
              </span>
            </td>
            <td className="text-right">{formatCount(group.calls)}</td>
            <td className="text-right max-sm:hidden">{formatCount(group.errors)}</td>
            <td className="text-right max-sm:hidden">
              {formatCompact(group.promptTokens + group.completionTokens)}
            </td>
            <td className="text-right whitespace-nowrap max-sm:hidden">
              {group.p50LatencyMs === null ? '–' : formatDuration(group.p50LatencyMs)}
            </td>
            <td className="text-right">
              <Money nanos={group.costNanos} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const outcomes: Record<string, string> = {
  ok: 'Succeeded',
  error: 'Failed',
  aborted: 'Stopped',
  interrupted: 'Interrupted',
}

function labelOf(by: Breakdown, { group: [one] }: Group): string {
  if (!one || one.value === null) return options.find(({ value }) => value === by)?.without ?? 'None'
  if (by === 'status') return outcomes[one.value] ?? one.value
  // Purposes this dashboard does not know are shown as they are.
  if (by === 'purpose') return (purposes as Record<string, string>)[one.value] ?? one.value
  if (by === 'tag' || by === 'provider') return one.value
  return one.name ?? 'No longer here'
}
