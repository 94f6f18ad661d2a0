import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { ScrollText } from 'lucide-react'
import { createContext, useCallback, useContext, useMemo } from 'react'
import type { ActivityEntry } from '../../app/api-types.ts'
import { useUrlText } from '../../app/debounced.ts'
import { useCan, useOrganization } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { SearchInput } from '../../ui/input.tsx'
import { Page, useTitle } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { AuditExport } from './audit-export.tsx'
import { AuditFilters } from './audit-filters.tsx'
import { AuditInspector } from './audit-inspector.tsx'
import { instantsOf } from './audit-range.ts'
import { type NameOf, sentenceOf } from './audit-sentences.ts'
import { OrganizationHeader } from './organization-header.tsx'
import { type ActivityFilter, activityQuery, membersQuery } from './queries.ts'

const route = getRouteApi('/app/organization/audit')

export function actorName({ actor }: ActivityEntry): string {
  return (
    actor.name ??
    (actor.kind === 'system' ? 'Freehold' : actor.kind === 'api_key' ? 'An API key' : 'Somebody')
  )
}

/** Who the entries are about, by name. */
const Names = createContext<NameOf>(() => undefined)

function EntryLink({ entry }: { entry: ActivityEntry }) {
  const nameOf = useContext(Names)
  return (
    <Link
      to="/organization/audit"
      from="/organization/audit"
      search={(old) => ({ ...old, entry: entry.id })}
      data-row-primary
      className="block truncate rounded-sm after:absolute after:inset-0 after:content-['']"
    >
      <span className="font-medium">{actorName(entry)}</span>{' '}
      <span className="text-ink-2">{sentenceOf(entry, nameOf)}</span>
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
  const organization = useOrganization()
  const { kind, actor, request, range, from, to } = search
  const filter = useMemo<ActivityFilter>(
    () => ({
      action: kind,
      actorId: actor,
      requestId: request,
      ...instantsOf({ range, from, to }, new Date()),
    }),
    [kind, actor, request, range, from, to],
  )
  const isFiltered = [kind, actor, request, range].some((value) => value !== undefined)
  const entries = useInfiniteQuery(activityQuery(filter))
  const members = useInfiniteQuery({ ...membersQuery(organization.id), enabled: useCan('read:users') })
  const nameOf = useMemo<NameOf>(() => {
    const names = new Map(members.data?.map((member) => [member.userId, member.name]))
    return (userId) => names.get(userId)
  }, [members.data])
  const actors = useMemo(
    () => (members.data ?? []).map(({ userId, name }) => ({ value: userId, label: `By ${name}` })),
    [members.data],
  )
  const setQ = useCallback(
    (q: string) => void navigate({ search: (old) => ({ ...old, q: q || undefined }), replace: true }),
    [navigate],
  )
  const [q, typeQ] = useUrlText(search.q ?? '', setQ)
  const rows = useMemo(() => {
    const wanted = (search.q ?? '').toLowerCase()
    return (entries.data ?? []).filter((entry) =>
      `${actorName(entry)} ${sentenceOf(entry, nameOf)} ${entry.action} ${entry.ip ?? ''}`
        .toLowerCase()
        .includes(wanted),
    )
  }, [entries.data, search.q, nameOf])
  const open = entries.data?.find((entry) => entry.id === search.entry)
  return (
    <Names value={nameOf}>
      <Page
        inspector={
          open ? (
            <AuditInspector
              entry={open}
              nameOf={nameOf}
              onClose={() => void navigate({ search: ({ entry: _, ...rest }) => rest })}
            />
          ) : null
        }
      >
        <OrganizationHeader actions={<AuditExport filter={filter} />} />
        <div className="flex flex-wrap items-center gap-2 py-3">
          <SearchInput
            label="Search the log"
            data-page-search
            value={q}
            onChange={typeQ}
            className="w-60 max-md:w-full"
          />
          <AuditFilters actors={actors} />
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
            title={
              search.q
                ? 'No entry has these words'
                : isFiltered
                  ? 'Nothing of that kind'
                  : 'Nothing was done yet'
            }
            action={
              isFiltered || search.q ? (
                <Button onClick={() => void navigate({ search: {}, replace: true })}>Show everything</Button>
              ) : null
            }
          >
            Every change of members, roles, keys, budgets and documents is written down here and cannot be
            edited.
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
    </Names>
  )
}
