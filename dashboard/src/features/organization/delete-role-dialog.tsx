import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { api, FreeholdError } from '../../app/api.ts'
import type { CustomRole } from '../../app/api-types.ts'
import { plural } from '../../app/format.ts'
import { queryClient } from '../../app/query-client.ts'
import { useOrganization } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { FormError } from '../auth/form-error.tsx'
import { customRolesQuery } from './queries.ts'

/** Who keeps the role from being deleted, in words; null when it is not that. */
function usersOf(error: unknown): string[] | null {
  if (!(error instanceof FreeholdError) || error.code !== 'organizations.role_in_use') return null
  const count = (key: string): number => Number(error.details[key] ?? 0)
  return [
    [count('members'), 'member'] as const,
    [count('serviceAccounts'), 'service account'] as const,
    [count('invitations'), 'open invitation'] as const,
  ]
    .filter(([number]) => number > 0)
    .map(([number, thing]) => plural(number, thing))
}

export function DeleteRoleDialog({
  role,
  onClose,
  onDeleted,
}: {
  role: CustomRole
  onClose: () => void
  onDeleted: () => void
}) {
  const organization = useOrganization()
  const remove = useMutation({
    mutationFn: () =>
      api.DELETE('/api/v1/organizations/{id}/roles/{roleId}', {
        params: { path: { id: organization.id, roleId: role.id } },
      }),
    onSuccess: async () => {
      onDeleted()
      await queryClient.invalidateQueries({ queryKey: customRolesQuery(organization.id).queryKey })
      toast(`The role “${role.name}” is deleted`)
    },
  })
  const users = usersOf(remove.error)
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={users ? `“${role.name}” is in use` : `Delete the role “${role.name}”?`}
      description={
        users
          ? 'A role is deleted when nobody has it, so that nobody loses or gains something unnoticed.'
          : 'What it allows is forgotten. It can be made again by hand.'
      }
    >
      {users ? (
        <div role="alert" className="text-sm">
          <p>It is held by</p>
          <ul className="mt-1.5 list-disc pl-5">
            {users.map((user) => (
              <li key={user}>{user}</li>
            ))}
          </ul>
          <p className="mt-2 text-ink-2">
            Give them another role first: members and invitations under Members, service accounts under
            Service accounts.
          </p>
        </div>
      ) : (
        <FormError error={remove.error} />
      )}
      <DialogActions>
        {users ? (
          <Button variant="primary" onClick={onClose}>
            Understood
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>Keep it</Button>
            <Button variant="danger" busy={remove.isPending} onClick={() => remove.mutate()}>
              Delete the role
            </Button>
          </>
        )}
      </DialogActions>
    </Dialog>
  )
}
