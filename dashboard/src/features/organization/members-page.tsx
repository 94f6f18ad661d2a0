import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { SearchX, UserPlus } from 'lucide-react'
import { useCallback, useMemo } from 'react'
import type { Member } from '../../app/api-types.ts'
import { useUrlText } from '../../app/debounced.ts'
import { Initials } from '../../app/person-menu.tsx'
import { useCan, useOrganization, useSession } from '../../app/session.ts'
import { useHiddenIds } from '../../app/undoable-delete.ts'
import { Button } from '../../ui/button.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { SearchInput } from '../../ui/input.tsx'
import { Page, SectionHeader, useTitle } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { InvitationTable } from './invitation-rows.tsx'
import { InviteDialog } from './invite-dialog.tsx'
import { MemberMenu, RoleSelect } from './member-controls.tsx'
import { OrganizationHeader } from './organization-header.tsx'
import { invitationsQuery, membersQuery } from './queries.ts'
import { useRoleChoices } from './roles.ts'

const route = getRouteApi('/app/organization')

function Person({ member, self }: { member: Member; self: boolean }) {
  return (
    <span className="flex min-w-0 items-center gap-3">
      <Initials name={member.name} />
      <span className="min-w-0">
        <span className="block truncate font-medium">
          {member.name}
          {self ? <span className="font-normal text-ink-3"> (you)</span> : null}
        </span>
        <span className="block truncate text-sm text-ink-2 md:hidden">{member.email}</span>
      </span>
    </span>
  )
}

export function MembersPage() {
  useTitle('Members')
  const organization = useOrganization()
  const { user } = useSession()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const canManage = useCan('manage:users')
  const hidden = useHiddenIds()
  const members = useInfiniteQuery(membersQuery(organization.id))
  const invitations = useInfiniteQuery(invitationsQuery(organization.id))
  const choices = useRoleChoices()
  // What stands above the members comes with them, so that nothing is pushed down later.
  const isPending = members.isPending || invitations.isPending || choices.isPending
  const failed = [members, invitations].find((query) => query.isError)
  const setQ = useCallback(
    (q: string) => void navigate({ search: (old) => ({ ...old, q: q || undefined }), replace: true }),
    [navigate],
  )
  const [q, typeQ] = useUrlText(search.q ?? '', setQ)
  const rows = useMemo(() => {
    const words = (search.q ?? '').toLowerCase()
    return (members.data ?? []).filter(
      (member) =>
        !hidden.has(member.userId) && `${member.name} ${member.email}`.toLowerCase().includes(words),
    )
  }, [members.data, hidden, search.q])
  const invited = useMemo(() => {
    const words = (search.q ?? '').toLowerCase()
    return (invitations.data ?? []).filter(
      (invitation) => !hidden.has(invitation.id) && invitation.email.toLowerCase().includes(words),
    )
  }, [invitations.data, hidden, search.q])
  const isLastOwner = useMemo(() => {
    const owners = (members.data ?? []).filter((member) => member.role === 'owner')
    return owners.length === 1 && owners[0]?.userId === user.id && !members.hasNextPage
  }, [members.data, members.hasNextPage, user.id])
  const columns = useMemo<readonly Column<Member>[]>(
    () => [
      {
        id: 'name',
        header: 'Name',
        className: 'w-2/5 max-w-0',
        cell: (member) => <Person member={member} self={member.userId === user.id} />,
      },
      {
        id: 'email',
        header: 'E-mail',
        className: 'w-2/5 max-w-0',
        cell: (member) => <span className="block truncate text-ink-2">{member.email}</span>,
      },
      { id: 'role', header: 'Role', cell: (member) => <RoleSelect member={member} /> },
      {
        id: 'joined',
        header: 'Joined',
        numeric: true,
        className: 'whitespace-nowrap text-ink-2',
        cell: (member) => <Time value={member.joinedAt} />,
      },
      {
        id: 'actions',
        header: <span className="sr-only">Actions</span>,
        className: 'w-8 pl-0',
        cell: (member) => <MemberMenu member={member} isLastOwner={isLastOwner} />,
      },
    ],
    [user.id, isLastOwner],
  )

  return (
    <Page>
      <OrganizationHeader
        actions={
          canManage ? (
            <Button
              variant="primary"
              onClick={() => void navigate({ search: (old) => ({ ...old, add: true }), replace: true })}
            >
              <UserPlus /> Invite
            </Button>
          ) : null
        }
      />
      <div className="py-3">
        <SearchInput
          label="Search by name or e-mail"
          data-page-search
          value={q}
          onChange={typeQ}
          className="w-72 max-md:w-full"
        />
      </div>
      {isPending ? <SkeletonRows rows={4} className="border-t border-line-strong" /> : null}
      {failed ? (
        <ErrorState
          error={failed.error}
          title="The members could not be loaded"
          onRetry={() => {
            void members.refetch()
            void invitations.refetch()
          }}
        />
      ) : null}
      {!isPending && !failed && rows.length + invited.length === 0 ? (
        <EmptyState icon={<SearchX />} title="Nobody by that name">
          No member's name or e-mail has these letters, and no invitation's.
        </EmptyState>
      ) : null}
      {!isPending && invited.length > 0 ? (
        <section aria-labelledby="invited" className="mb-8">
          <SectionHeader id="invited" title={`Invited · ${invited.length}`} />
          <InvitationTable invitations={invited} />
        </section>
      ) : null}
      {!isPending && invited.length > 0 && rows.length > 0 ? (
        <SectionHeader title={`Members · ${rows.length}${members.hasNextPage ? '+' : ''}`} />
      ) : null}
      {!isPending && rows.length > 0 ? (
        <DataTable
          label="Members"
          columns={columns}
          rows={rows}
          rowKey={(member) => member.userId}
          compact={(member) => (
            <div className="flex items-center gap-2">
              <div className="min-w-0 flex-1">
                <Person member={member} self={member.userId === user.id} />
              </div>
              <RoleSelect member={member} />
              <MemberMenu member={member} isLastOwner={isLastOwner} />
            </div>
          )}
          onLoadMore={members.hasNextPage ? () => void members.fetchNextPage() : undefined}
          loadingMore={members.isFetchingNextPage}
        />
      ) : null}
      {search.add && canManage ? (
        <InviteDialog
          onClose={() => void navigate({ search: ({ add: _, ...rest }) => rest, replace: true })}
        />
      ) : null}
    </Page>
  )
}
