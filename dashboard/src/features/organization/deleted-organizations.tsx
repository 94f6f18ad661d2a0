import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { toast } from 'sonner'
import { api, messageOf, take } from '../../app/api.ts'
import type { DeletedOrganization } from '../../app/api-types.ts'
import { formatDate } from '../../app/format.ts'
import { enterSession } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Time } from '../../ui/time.tsx'
import { deletedOrganizationsQuery } from './queries.ts'

/** What one owned, was deleted, and can be brought back. Nothing where there is none. */
export function DeletedOrganizations({ onRestored }: { onRestored?: () => void }) {
  const navigate = useNavigate()
  const deleted = useQuery(deletedOrganizationsQuery)
  const restore = useMutation({
    mutationFn: async ({ id }: DeletedOrganization) => {
      await take(api.POST('/api/v1/organizations/{id}/restore', { params: { path: { id } } }))
      return take(api.POST('/api/v1/auth/switch', { body: { organizationId: id } }))
    },
    onSuccess: async (session, { name }) => {
      onRestored?.()
      await navigate({ to: '/' })
      enterSession(session)
      toast(`${name} is restored, with everything in it`)
    },
    onError: (error) => toast.error('It could not be restored', { description: messageOf(error) }),
  })
  if (!deleted.data || deleted.data.length === 0) return null
  return (
    <section aria-labelledby="deleted-organizations" className="mt-7">
      <h3 id="deleted-organizations" className="text-sm font-medium">
        Deleted, and still to be restored
      </h3>
      <ul className="mt-2 border-t border-line-strong">
        {deleted.data.map((organization) => (
          <li key={organization.id} className="flex items-center gap-3 border-b py-2">
            <span className="min-w-0 flex-1">
              <span className="block truncate text-sm font-medium">{organization.name}</span>
              <span className="block text-xs text-ink-3">
                Deleted {organization.deletedAt ? <Time value={organization.deletedAt} /> : null}
                {organization.erasedAfter
                  ? `, erased on ${formatDate(new Date(organization.erasedAfter))}`
                  : ''}
              </span>
            </span>
            <Button
              size="sm"
              busy={restore.isPending && restore.variables.id === organization.id}
              aria-label={`Restore ${organization.name}`}
              onClick={() => restore.mutate(organization)}
            >
              Restore
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
