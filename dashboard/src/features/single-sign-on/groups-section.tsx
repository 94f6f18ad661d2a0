import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { api, messageOf, take } from '../../app/api.ts'
import type { ProvisionedGroup } from '../../app/api-types.ts'
import { plural } from '../../app/format.ts'
import { queryClient } from '../../app/query-client.ts'
import { useCan, useOrganization } from '../../app/session.ts'
import { LoadMore } from '../../ui/load-more.tsx'
import { Select } from '../../ui/select.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { AccountSection } from '../account/account-section.tsx'
import { membersQuery } from '../organization/queries.ts'
import { useRoleChoices } from '../organization/roles.ts'
import { groupsQuery } from './queries.ts'

export function GroupsSection() {
  const groups = useInfiniteQuery(groupsQuery)
  return (
    <AccountSection
      title="Groups"
      description="A group of the identity provider gives no role until it is tied to one. Of several the role that allows most counts; owners keep theirs."
    >
      {groups.isPending ? (
        <div role="status" aria-label="Loading" className="flex h-11 items-center border-y">
          <Skeleton className="w-40" />
          <Skeleton className="ml-auto w-24" />
        </div>
      ) : null}
      {groups.isError ? (
        <ErrorState
          error={groups.error}
          title="The groups could not be loaded"
          onRetry={() => void groups.refetch()}
        />
      ) : null}
      {groups.data?.length === 0 ? (
        <p className="text-sm text-pretty text-ink-3">
          None yet. They appear here once the identity provider has sent them by SCIM.
        </p>
      ) : null}
      {groups.data && groups.data.length > 0 ? (
        <ul aria-label="Groups" className="border-t">
          {groups.data.map((group) => (
            <li key={group.id} className="flex items-center gap-4 border-b py-2">
              <div className="min-w-0 flex-1">
                <p className="truncate font-medium">{group.displayName}</p>
                <p className="text-sm text-ink-2">{plural(group.memberCount, 'person', 'people')}</p>
              </div>
              <GroupRole group={group} />
            </li>
          ))}
        </ul>
      ) : null}
      {groups.hasNextPage ? (
        <LoadMore onVisible={() => void groups.fetchNextPage()} busy={groups.isFetchingNextPage} />
      ) : null}
    </AccountSection>
  )
}

/** Stands for “it gives no role”. */
const untied = ''
const built = ['admin', 'member', 'guest'] as const

function GroupRole({ group }: { group: ProvisionedGroup }) {
  const organization = useOrganization()
  const choices = useRoleChoices()
  const canManageUsers = useCan('manage:users')
  const current = group.customRole?.id ?? group.role ?? untied
  const tie = useMutation({
    mutationFn: (value: string) => {
      const role = built.find((candidate) => candidate === value) ?? null
      const customRoleId = role !== null || value === untied ? null : value
      return take(
        api.PUT('/api/v1/sign-in/groups/{id}', {
          params: { path: { id: group.id } },
          body: { role, customRoleId },
        }),
      )
    },
    onSuccess: async (_tied, value) => {
      const before = current
      await queryClient.invalidateQueries({ queryKey: groupsQuery.queryKey })
      void queryClient.invalidateQueries({ queryKey: membersQuery(organization.id).queryKey })
      const label = choices.all.find((choice) => choice.value === value)?.label
      toast(
        label === undefined ? `${group.displayName} gives no role` : `${group.displayName} gives ${label}`,
        {
          action: { label: 'Undo', onClick: () => tie.mutate(before) },
        },
      )
    },
    onError: (error) => toast.error('The group was not tied', { description: messageOf(error) }),
  })
  // Whoever unties a group takes its role away from its people: that too takes holding it.
  const mayChange = canManageUsers && (current === untied || choices.mayGive(current))
  const label = group.customRole?.name ?? choices.all.find(({ value }) => value === current)?.label
  if (!mayChange) return <span className="shrink-0 text-sm text-ink-2">{label ?? 'No role'}</span>
  return (
    <Select
      label={`Role of ${group.displayName}`}
      // Shown as chosen at once; the server's answer confirms it or puts it back.
      value={tie.isPending ? tie.variables : current}
      onChange={(value) => tie.mutate(value)}
      options={[
        { value: untied, label: 'No role' },
        ...choices.all.filter(({ value }) => value !== 'owner' && choices.mayGive(value)),
      ]}
      className="max-w-48 shrink-0 max-md:max-w-36"
    />
  )
}
