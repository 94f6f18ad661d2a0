import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { ScrollText } from 'lucide-react'
import { useCallback, useMemo } from 'react'
import type { ActivityEntry } from '../../app/api-types.ts'
import { useUrlText } from '../../app/debounced.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { SearchInput } from '../../ui/input.tsx'
import { Page, useTitle } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { AuditInspector } from './audit-inspector.tsx'
import { sentenceOf } from './audit-sentences.ts'
import { OrganizationHeader } from './organization-header.tsx'
import { activityQuery } from './queries.ts'

const route = getRouteApi('/app/organization/audit')

export function actorName({ actor }: ActivityEntry): string {
  return (
    actor.name ??
    (actor.kind === 'system' ? 'Freehold' : actor.kind === 'api_key' ? 'An API key' : 'Somebody')
  )
}

function EntryLink({ entry }: { entry: ActivityEntry }) {
  return (
    <Link
      to="/organization/audit"
      from="/organization/audit"
      search={(old) => ({ ...old, entry: entry.id })}
      data-row-primary
      className="block truncate rounded-sm after:absolute after:inset-0 after:content-['']"
    >
      <span className="font-medium">{actorName(entry)}</span>{' '}
      <span className="text-ink-2">{sentenceOf(entry)}</span>
    </Link>
  )
}

const columns: readonly Column<ActivityEntry>[] = [
  {
    id: 'what',
    header: 'What was done',
    className: 'w-full max-w-0',
    cell: (entry) => <EntryLink entry={entry} />,
  },
  {
    id: 'action',
    header: 'Action',
    className: '@max-[52rem]:hidden',
    cell: (entry) => <span className="font-mono text-xs whitespace-nowrap text-ink-3">{entry.action}</span>,
  },
  {
    id: 'from',
    header: 'Address',
    className: '@max-[52rem]:hidden',
    cell: (entry) => (
      <span className="font-mono text-xs whitespace-nowrap text-ink-3">{entry.ip ?? '–'}</span>
    ),
  },
  {
    id: 'when',
    header: 'When',
    numeric: true,
    className: 'whitespace-nowrap text-ink-2',
    cell: (entry) => <Time value={entry.createdAt} className="relative" />,
  },
]

export function AuditPage() {
  useTitle('Audit log')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const entries = useInfiniteQuery(activityQuery)
  const setQ = useCallback(
    (q: string) => void navigate({ search: (old) => ({ ...old, q: q || undefined }), replace: true }),
    [navigate],
  )
  const [q, typeQ] = useUrlText(search.q ?? '', setQ)
  const rows = useMemo(() => {
    const wanted = (search.q ?? '').toLowerCase()
    return (entries.data ?? []).filter((entry) =>
      `${actorName(entry)} ${sentenceOf(entry)} ${entry.action} ${entry.ip ?? ''}`
        .toLowerCase()
        .includes(wanted),
    )
  }, [entries.data, search.q])
  const open = entries.data?.find((entry) => entry.id === search.entry)
  return (
    <Page
      inspector={
        open ? (
          <AuditInspector
            entry={open}
            onClose={() => void navigate({ search: ({ entry: _, ...rest }) => rest })}
          />
        ) : null
      }
    >
      <OrganizationHeader />
      <div className="py-3">
        <SearchInput
          label="Search the log"
          data-page-search
          value={q}
          onChange={typeQ}
          className="w-72 max-md:w-full"
        />
      </div>
      {entries.isPending ? <SkeletonRows rows={10} className="border-t border-line-strong" /> : null}
      {entries.isError ? (
        <ErrorState
          error={entries.error}
          title="The audit log could not be loaded"
          onRetry={() => void entries.refetch()}
        />
      ) : null}
      {entries.isSuccess && rows.length === 0 && !entries.hasNextPage ? (
        <EmptyState
          icon={<ScrollText />}
          title={search.q ? 'No entry has these words' : 'Nothing was done yet'}
        >
          Every change of members, keys, budgets and documents is written down here and cannot be edited.
        </EmptyState>
      ) : null}
      {entries.isSuccess && (rows.length > 0 || entries.hasNextPage) ? (
        <DataTable
          label="Audit log"
          columns={columns}
          rows={rows}
          rowKey={(entry) => entry.id}
          activeKey={search.entry}
          compact={(entry) => (
            <div>
              <EntryLink entry={entry} />
              <Time value={entry.createdAt} className="text-sm text-ink-3" />
            </div>
          )}
          onLoadMore={entries.hasNextPage ? () => void entries.fetchNextPage() : undefined}
          loadingMore={entries.isFetchingNextPage}
        />
      ) : null}
    </Page>
  )
}
