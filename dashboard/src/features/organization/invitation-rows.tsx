import { useMutation } from '@tanstack/react-query'
import { Ellipsis, Mail, MailX, Send } from 'lucide-react'
import { toast } from 'sonner'
import { api, messageOf, take } from '../../app/api.ts'
import type { Invitation } from '../../app/api-types.ts'
import { formatCountdown, formatExact } from '../../app/format.ts'
import { queryClient } from '../../app/query-client.ts'
import { useCan, useOrganization } from '../../app/session.ts'
import { deleteWithUndo } from '../../app/undoable-delete.ts'
import { StatusDot } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Menu, MenuContent, MenuItem, MenuTrigger } from '../../ui/menu.tsx'
import { Time } from '../../ui/time.tsx'
import { InvitationLinkDialog } from './invitation-link-dialog.tsx'
import { invitationsQuery } from './queries.ts'
import { roleNameOf, roleValueOf, useRoleChoices } from './roles.ts'

function Invited({ invitation }: { invitation: Invitation }) {
  return (
    <span className="flex min-w-0 items-center gap-3">
      <span
        aria-hidden
        className="flex size-6 shrink-0 items-center justify-center rounded-full bg-hover text-ink-3"
      >
        <Mail className="size-3.5" />
      </span>
      <span className="min-w-0 truncate font-medium">{invitation.email}</span>
    </span>
  )
}

function Expiry({ invitation }: { invitation: Invitation }) {
  const at = new Date(invitation.expiresAt)
  const now = new Date()
  if (invitation.status === 'expired' || at <= now) {
    return (
      <StatusDot tone="neutral">
        <span>
          Expired <Time value={invitation.expiresAt} />
        </span>
      </StatusDot>
    )
  }
  return (
    <StatusDot tone="amber">
      <time dateTime={invitation.expiresAt} title={formatExact(at)}>
        Ends {formatCountdown(at, now)}
      </time>
    </StatusDot>
  )
}

function InvitationMenu({ invitation }: { invitation: Invitation }) {
  const organization = useOrganization()
  const canManage = useCan('manage:users')
  const choices = useRoleChoices()
  const changed = () =>
    queryClient.invalidateQueries({ queryKey: invitationsQuery(organization.id).queryKey })
  const path = { id: organization.id, invitationId: invitation.id }
  const resend = useMutation({
    mutationFn: () =>
      take(api.POST('/api/v1/organizations/{id}/invitations/{invitationId}/resend', { params: { path } })),
    onSuccess: async ({ link }) => {
      await changed()
      if (link !== null) return
      toast(`Another letter went to ${invitation.email}`, {
        description: 'Its link works for seven days; that of the letter before works no more.',
      })
    },
    onError: (error) => toast.error('The letter was not sent', { description: messageOf(error) }),
  })
  if (!canManage || !choices.mayGive(roleValueOf(invitation))) return null
  const link = resend.data?.link
  return (
    <>
      {resend.data && typeof link === 'string' ? (
        <InvitationLinkDialog invitation={{ ...resend.data, link }} onClose={() => resend.reset()} />
      ) : null}
      <Menu>
        <MenuTrigger asChild>
          <Button
            variant="ghost"
            size="icon-sm"
            busy={resend.isPending}
            aria-label={`Actions for ${invitation.email}`}
            data-row-primary
          >
            <Ellipsis />
          </Button>
        </MenuTrigger>
        <MenuContent align="end">
          <MenuItem onSelect={() => resend.mutate()}>
            <Send /> Send the letter again
          </MenuItem>
          <MenuItem
            danger
            onSelect={() =>
              deleteWithUndo({
                id: invitation.id,
                title: `The invitation of ${invitation.email} is withdrawn`,
                description: 'The link in the letter will open nothing.',
                run: () =>
                  api.DELETE('/api/v1/organizations/{id}/invitations/{invitationId}', {
                    params: { path },
                    keepalive: true,
                  }),
                onDeleted: changed,
              })
            }
          >
            <MailX /> Withdraw it
          </MenuItem>
        </MenuContent>
      </Menu>
    </>
  )
}

const columns: readonly Column<Invitation>[] = [
  {
    id: 'email',
    header: 'E-mail',
    className: 'w-full max-w-0',
    cell: (invitation) => <Invited invitation={invitation} />,
  },
  { id: 'role', header: 'Role', className: 'whitespace-nowrap', cell: roleNameOf },
  {
    id: 'by',
    header: 'Invited by',
    className: 'whitespace-nowrap text-ink-2 @max-[52rem]:hidden',
    cell: (invitation) => (
      <>
        {invitation.invitedBy?.name ?? 'An API key, or somebody who left'}, <Time value={invitation.sentAt} />
      </>
    ),
  },
  { id: 'state', header: 'State', cell: (invitation) => <Expiry invitation={invitation} /> },
  {
    id: 'actions',
    header: <span className="sr-only">Actions</span>,
    className: 'w-8 pl-0',
    cell: (invitation) => <InvitationMenu invitation={invitation} />,
  },
]

/** Who is invited and has not come yet. */
export function InvitationTable({ invitations }: { invitations: Invitation[] }) {
  return (
    <DataTable
      label="Invitations"
      columns={columns}
      rows={invitations}
      rowKey={(invitation) => invitation.id}
      compact={(invitation) => (
        <div className="flex items-center gap-2">
          <div className="min-w-0 flex-1">
            <Invited invitation={invitation} />
            <p className="mt-0.5 flex flex-wrap gap-x-3 pl-9 text-sm text-ink-2">
              <span>{roleNameOf(invitation)}</span>
              <Expiry invitation={invitation} />
            </p>
          </div>
          <InvitationMenu invitation={invitation} />
        </div>
      )}
    />
  )
}
