import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ScrollText } from 'lucide-react'
import { useMemo } from 'react'
import { DataTable } from '../../ui/data-table.tsx'
import { Page, useTitle } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { type CallFilter, usageRecordsQuery } from './queries.ts'
import { RequestFilters } from './request-filters.tsx'
import { RequestInspector } from './request-inspector.tsx'
import { CompactRequest, requestColumns } from './request-rows.tsx'
import { UsageHeader } from './usage-header.tsx'

const route = getRouteApi('/app/usage/requests')

export function RequestsPage() {
  useTitle('Requests')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const { status, model, who, project, tag } = search
  const filter = useMemo<CallFilter>(() => {
    const [kind, id] = (who ?? '').split(':')
    return {
      status,
      model,
      userId: kind === 'member' ? id : undefined,
      apiKeyId: kind === 'key' ? id : undefined,
      projectId: project,
      tag,
    }
  }, [status, model, who, project, tag])
  const isFiltered = Object.values(filter).some((value) => value !== undefined)
  const records = useInfiniteQuery(usageRecordsQuery(filter))
  const rows = records.data ?? []
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
      <RequestFilters filter={filter} />
      {records.isPending ? <SkeletonRows rows={10} className="border-t border-line-strong" /> : null}
      {records.isError ? (
        <ErrorState
          error={records.error}
          title="The requests could not be loaded"
          onRetry={() => void records.refetch()}
        />
      ) : null}
      {records.isSuccess && rows.length === 0 && !records.hasNextPage ? (
        <EmptyState icon={<ScrollText />} title={isFiltered ? 'No request is like this' : 'No request yet'}>
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
