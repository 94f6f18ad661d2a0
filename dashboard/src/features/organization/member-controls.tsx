import { useMutation } from '@tanstack/react-query'
import { Ellipsis, Handshake, LogOut, UserMinus } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'
import { api, messageOf, take } from '../../app/api.ts'
import type { Member } from '../../app/api-types.ts'
import { queryClient } from '../../app/query-client.ts'
import { sessionChanged, useCan, useOrganization, useSession } from '../../app/session.ts'
import { deleteWithUndo } from '../../app/undoable-delete.ts'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuContent, MenuItem, MenuTrigger } from '../../ui/menu.tsx'
import { Select } from '../../ui/select.tsx'
import { LeaveDialog } from './leave-dialog.tsx'
import { customRolesQuery, membersQuery } from './queries.ts'
import { type RoleChoice, roleBody, roleNameOf, roles, roleValueOf, useRoleChoices } from './roles.ts'
import { TransferDialog } from './transfer-dialog.tsx'

const builtIn = roles.map((role) => role.value)

/** Whether the person may change this member: owners are changed by owners only, and nobody by who holds less. */
function useMayChange(member: Member): boolean {
  const choices = useRoleChoices()
  return useCan('manage:users') && choices.mayGive(roleValueOf(member))
}

export function RoleSelect({ member }: { member: Member }) {
  const organization = useOrganization()
  const mayChange = useMayChange(member)
  const choices = useRoleChoices()
  const { user } = useSession()
  const change = useMutation({
    mutationFn: (choice: RoleChoice) =>
      take(
        api.PATCH('/api/v1/organizations/{id}/members/{userId}', {
          params: { path: { id: organization.id, userId: member.userId } },
          body: roleBody(choice.value, builtIn),
        }),
      ),
    onSuccess: async (_changed, { label }) => {
      const before = choices.all.find(({ value }) => value === roleValueOf(member))
      await queryClient.invalidateQueries({ queryKey: membersQuery(organization.id).queryKey })
      // It counts who has which role.
      void queryClient.invalidateQueries({ queryKey: customRolesQuery(organization.id).queryKey })
      if (member.userId === user.id) await sessionChanged()
      toast(`${member.name} is ${label} now`, {
        ...(before ? { action: { label: 'Undo', onClick: () => change.mutate(before) } } : {}),
      })
    },
    onError: (error) => toast.error('The role was not changed', { description: messageOf(error) }),
  })
  if (!mayChange) return <span className="text-ink-2">{roleNameOf(member)}</span>
  return (
    <Select
      quiet
      label={`Role of ${member.name}`}
      // Shown as chosen at once; the server's answer confirms it or puts it back.
      value={change.isPending ? change.variables.value : roleValueOf(member)}
      onChange={(value) => {
        const choice = choices.all.find((candidate) => candidate.value === value)
        if (choice) change.mutate(choice)
      }}
      options={choices.all.filter(({ value }) => choices.mayGive(value))}
      className="-ml-2.5 max-w-48 max-md:max-w-32"
    />
  )
}

export function MemberMenu({ member, isLastOwner }: { member: Member; isLastOwner: boolean }) {
  const organization = useOrganization()
  const mayChange = useMayChange(member)
  const managesOwners = useCan('manage:owners')
  const { user } = useSession()
  const [asking, setAsking] = useState<'leave' | 'transfer' | null>(null)
  const isSelf = member.userId === user.id
  const mayTransfer = managesOwners && !isSelf && member.role !== 'owner'
  if (!isSelf && !mayChange) return null
  return (
    <>
      <Menu>
        <MenuTrigger asChild>
          <Button variant="ghost" size="icon-sm" aria-label={`Actions for ${member.name}`} data-row-primary>
            <Ellipsis />
          </Button>
        </MenuTrigger>
        <MenuContent align="end">
          {mayTransfer ? (
            <MenuItem onSelect={() => setAsking('transfer')}>
              <Handshake /> Hand the organization over
            </MenuItem>
          ) : null}
          {isSelf ? (
            <MenuItem danger onSelect={() => setAsking('leave')}>
              <LogOut /> Leave the organization
            </MenuItem>
          ) : (
            <MenuItem
              danger
              onSelect={() =>
                deleteWithUndo({
                  id: member.userId,
                  title: `${member.name} removed from ${organization.name}`,
                  description:
                    'What they uploaded and asked stays; their keys end. They can be invited again.',
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
          )}
        </MenuContent>
      </Menu>
      {asking === 'leave' ? <LeaveDialog isLastOwner={isLastOwner} onClose={() => setAsking(null)} /> : null}
      {asking === 'transfer' ? <TransferDialog to={member} onClose={() => setAsking(null)} /> : null}
    </>
  )
}
