import { useMutation } from '@tanstack/react-query'
import { Ellipsis, UserMinus } from 'lucide-react'
import { toast } from 'sonner'
import { api, messageOf, take } from '../../app/api.ts'
import type { Member, Role } from '../../app/api-types.ts'
import { queryClient } from '../../app/query-client.ts'
import { sessionQuery, useCan, useOrganization, useSession } from '../../app/session.ts'
import { deleteWithUndo } from '../../app/undoable-delete.ts'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuContent, MenuItem, MenuTrigger } from '../../ui/menu.tsx'
import { Select } from '../../ui/select.tsx'
import { membersQuery } from './queries.ts'
import { roleLabel, roles } from './roles.ts'

/** Whether the person may change this member: owners are changed by owners only. */
function useMayChange(member: Member): boolean {
  const manages = useCan('manage:users')
  const managesOwners = useCan('manage:owners')
  return manages && (member.role !== 'owner' || managesOwners)
}

export function RoleSelect({ member }: { member: Member }) {
  const organization = useOrganization()
  const mayChange = useMayChange(member)
  const managesOwners = useCan('manage:owners')
  const { user } = useSession()
  const change = useMutation({
    mutationFn: (role: Role) =>
      take(
        api.PATCH('/api/v1/organizations/{id}/members/{userId}', {
          params: { path: { id: organization.id, userId: member.userId } },
          body: { role },
        }),
      ),
    onSuccess: async (_changed, role) => {
      await queryClient.invalidateQueries({ queryKey: membersQuery(organization.id).queryKey })
      if (member.userId === user.id) await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey })
      toast(`${member.name} is ${roleLabel(role).toLowerCase()} now`, {
        action: { label: 'Undo', onClick: () => change.mutate(member.role) },
      })
    },
    onError: (error) => toast.error('The role was not changed', { description: messageOf(error) }),
  })
  if (!mayChange) return <span className="text-ink-2">{roleLabel(member.role)}</span>
  return (
    <Select
      quiet
      label={`Role of ${member.name}`}
      // Shown as chosen at once; the server's answer confirms it or puts it back.
      value={change.isPending ? change.variables : member.role}
      onChange={(role) => change.mutate(role)}
      options={roles.filter((role) => role.value !== 'owner' || managesOwners)}
      className="-ml-2.5"
    />
  )
}

export function MemberMenu({ member }: { member: Member }) {
  const organization = useOrganization()
  const mayChange = useMayChange(member)
  const { user } = useSession()
  if (!mayChange || member.userId === user.id) return null
  return (
    <Menu>
      <MenuTrigger asChild>
        <Button variant="ghost" size="icon-sm" aria-label={`Actions for ${member.name}`} data-row-primary>
          <Ellipsis />
        </Button>
      </MenuTrigger>
      <MenuContent align="end">
        <MenuItem
          danger
          onSelect={() =>
            deleteWithUndo({
              id: member.userId,
              title: `${member.name} removed from ${organization.name}`,
              description: 'What they uploaded and asked stays. They can be added again.',
              run: () =>
                api.DELETE('/api/v1/organizations/{id}/members/{userId}', {
                  params: { path: { id: organization.id, userId: member.userId } },
                  keepalive: true,
                }),
              onDeleted: () =>
                queryClient.invalidateQueries({ queryKey: membersQuery(organization.id).queryKey }),
            })
          }
        >
          <UserMinus /> Remove from the organization
        </MenuItem>
      </MenuContent>
    </Menu>
  )
}
