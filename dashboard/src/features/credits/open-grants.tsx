import { useMutation } from '@tanstack/react-query'
import { toast } from 'sonner'
import { api, messageOf, take } from '../../app/api.ts'
import type { CreditBalance } from '../../app/api-types.ts'
import { formatDate, formatMoney, nanosOf } from '../../app/format.ts'
import { queryClient } from '../../app/query-client.ts'
import { useCan, useOrganization } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { Money } from '../../ui/money.tsx'
import { SectionHeader } from '../../ui/page.tsx'
import { creditsKey } from './queries.ts'

/** The grants of which something is left, in the order in which they are used up. */
export function OpenGrants({ balance }: { balance: CreditBalance }) {
  const organization = useOrganization()
  const canRevoke = useCan('system:admin')
  const revoke = useMutation({
    mutationFn: (grantId: string) =>
      take(
        api.POST('/api/v1/admin/credits/revoke', {
          body: { organizationId: organization.id, grantId, note: '' },
        }),
      ),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: creditsKey })
      toast('What was left of the grant was revoked')
    },
    onError: (error) => toast.error('The grant could not be revoked', { description: messageOf(error) }),
  })
  const open = balance.grants.filter(({ restNanos }) => nanosOf(restNanos) > 0n)
  return (
    <section aria-labelledby="grants" className="mt-10">
      <SectionHeader title="What is used next" id="grants" />
      {open.length === 0 ? <p className="mt-3 text-sm text-ink-2">Nothing is left of any grant.</p> : null}
      <ol className="mt-1 border-t border-line-strong">
        {open.map(({ id, amountNanos, restNanos, expiresAt, note }) => (
          <li key={id} className="flex items-center justify-between gap-4 border-b py-3">
            <div className="min-w-0">
              <p>
                <Money nanos={restNanos} className="font-medium" /> of <Money nanos={amountNanos} />
              </p>
              <p className="truncate text-sm text-ink-2">
                {expiresAt === null ? 'Never expires' : `Until ${formatDate(new Date(expiresAt))}`}
                {note ? ` · ${note}` : ''}
              </p>
            </div>
            {canRevoke ? (
              <Button
                size="sm"
                busy={revoke.isPending && revoke.variables === id}
                aria-label={`Revoke ${formatMoney(nanosOf(restNanos))}`}
                onClick={() => revoke.mutate(id)}
              >
                Revoke
              </Button>
            ) : null}
          </li>
        ))}
      </ol>
    </section>
  )
}
