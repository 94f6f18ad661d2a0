import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ScrollText } from 'lucide-react'
import { useMemo } from 'react'
import type { UsageRecord } from '../../app/api-types.ts'
import { DataTable } from '../../ui/data-table.tsx'
import { Page, useTitle } from '../../ui/page.tsx'
import { Select } from '../../ui/select.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { usageRecordsQuery } from './queries.ts'
import { RequestInspector } from './request-inspector.tsx'
import { CompactRequest, requestColumns } from './request-rows.tsx'
import { UsageHeader } from './usage-header.tsx'

const route = getRouteApi('/app/usage/requests')

const statusOptions = [
  { value: 'all', label: 'Any outcome' },
  { value: 'ok', label: 'Succeeded' },
  { value: 'error', label: 'Failed' },
  { value: 'aborted', label: 'Stopped' },
  { value: 'interrupted', label: 'Interrupted' },
] as const satisfies { value: UsageRecord['status'] | 'all'; label: string }[]

export function RequestsPage() {
  useTitle('Requests')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const records = useInfiniteQuery(usageRecordsQuery)
  const rows = useMemo(
    () => (records.data ?? []).filter((record) => !search.status || record.status === search.status),
    [records.data, search.status],
  )
  return (
    <Page
      inspector={
        search.request ? (
          <RequestInspector
            requestId={search.request}
            onClose={() => void navigate({ search: ({ request: _, ...rest }) => rest })}
          />
        ) : null
      }
    >
      <UsageHeader />
      <div className="flex items-center gap-2 py-3">
        <Select
          label="Outcome"
          value={search.status ?? 'all'}
          options={statusOptions}
          onChange={(status) =>
            void navigate({
              search: (old) => ({ ...old, status: status === 'all' ? undefined : status }),
              replace: true,
            })
          }
        />
      </div>
      {records.isPending ? <SkeletonRows rows={10} className="border-t border-line-strong" /> : null}
      {records.isError ? (
        <ErrorState
          error={records.error}
          title="The requests could not be loaded"
          onRetry={() => void records.refetch()}
        />
      ) : null}
      {records.isSuccess && rows.length === 0 && !records.hasNextPage ? (
        <EmptyState
          icon={<ScrollText />}
          title={search.status ? 'No request ended this way' : 'No request yet'}
        >
          Each question in Chat and each call with an API key leaves one line here, with its tokens, its time
          and its cost.
        </EmptyState>
      ) : null}
      {records.isSuccess && (rows.length > 0 || records.hasNextPage) ? (
        <DataTable
          label="Requests"
          columns={requestColumns}
          rows={rows}
          rowKey={(record) => record.requestId}
          activeKey={search.request}
          compact={(record) => <CompactRequest record={record} />}
          onLoadMore={records.hasNextPage ? () => void records.fetchNextPage() : undefined}
          loadingMore={records.isFetchingNextPage}
        />
      ) : null}
    </Page>
  )
}
