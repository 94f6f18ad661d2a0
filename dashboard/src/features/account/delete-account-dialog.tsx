import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { toast } from 'sonner'
import { api, FreeholdError } from '../../app/api.ts'
import { leaveSession, useSession } from '../../app/session.ts'
import { PasswordDialog } from './password-dialog.tsx'
import { PasswordProblem } from './password-problem.tsx'

export function DeleteAccountDialog({ onClose }: { onClose: () => void }) {
  const { user } = useSession()
  const navigate = useNavigate()
  const remove = useMutation({
    mutationFn: (password: string) => api.DELETE('/api/v1/user/account', { body: { password } }),
    onSuccess: async () => {
      await navigate({ to: '/signin' })
      leaveSession()
      toast('Your account was deleted')
    },
  })
  return (
    <PasswordDialog
      title="Delete your account?"
      description={
        <>
          The account of <span className="font-medium wrap-anywhere text-ink">{user.email}</span> ends at once
          and cannot be brought back: sessions, second factor, passkeys, memberships and personal keys.
        </>
      }
      act="Delete my account"
      danger
      busy={remove.isPending}
      problem={<DeletionProblem error={remove.error} />}
      onConfirm={(password) => remove.mutate(password)}
      onClose={onClose}
    />
  )
}

function DeletionProblem({ error }: { error: unknown }) {
  if (!(error instanceof FreeholdError) || error.code !== 'identity.last_owner') {
    return <PasswordProblem error={error} />
  }
  const owned = ownedIn(error.details.organizations)
  return (
    <div role="alert" className="rounded-md bg-amber-soft px-3 py-2 text-sm text-pretty">
      <p className="font-medium">
        You are the last owner of {owned.length === 1 ? 'an organization' : 'organizations'}
      </p>
      <ul className="my-1.5 ml-4 list-disc marker:text-ink-3">
        {owned.map(({ id, name }) => (
          <li key={id}>{name}</li>
        ))}
      </ul>
      <p className="text-ink-2">
        Nobody could run {owned.length === 1 ? 'it' : 'them'} without you. Make another member its owner, or
        delete the organization, and then your account.
      </p>
    </div>
  )
}

/** The organizations that the refusal names. */
function ownedIn(details: unknown): { id: string; name: string }[] {
  if (!Array.isArray(details)) return []
  return details.flatMap((one: unknown) =>
    typeof one === 'object' && one !== null && 'id' in one && 'name' in one
      ? [{ id: String(one.id), name: String(one.name) }]
      : [],
  )
}
