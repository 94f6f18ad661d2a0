import { useMutation } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { toast } from 'sonner'
import { api, FreeholdError, take } from '../../app/api.ts'
import type { SignInDomain } from '../../app/api-types.ts'
import { queryClient } from '../../app/query-client.ts'
import { deleteWithUndo } from '../../app/undoable-delete.ts'
import { StatusDot } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Time } from '../../ui/time.tsx'
import { FormError } from '../auth/form-error.tsx'
import { domainsQuery } from './queries.ts'

export function DomainRow({ domain }: { domain: SignInDomain }) {
  const refresh = (): Promise<void> => queryClient.invalidateQueries({ queryKey: domainsQuery.queryKey })
  const remove = (): void =>
    deleteWithUndo({
      id: domain.id,
      title: `${domain.domain} removed`,
      description:
        domain.verifiedAt === null
          ? 'Its record in the DNS is good for nothing any more.'
          : 'Nobody with an address of it signs in by the identity provider any more. Members stay members.',
      run: () =>
        api.DELETE('/api/v1/sign-in/domains/{id}', { params: { path: { id: domain.id } }, keepalive: true }),
      onDeleted: refresh,
    })
  return (
    <li className="border-b py-2.5">
      <div className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <p className="font-medium wrap-anywhere">{domain.domain}</p>
          <p className="text-sm text-ink-2">
            {domain.verifiedAt === null ? (
              <StatusDot tone="amber">Waits for its record</StatusDot>
            ) : (
              <StatusDot tone="accent">
                <span>
                  Verified <Time value={domain.verifiedAt} />
                </span>
              </StatusDot>
            )}
          </p>
        </div>
        <Button variant="ghost" size="icon-sm" aria-label={`Remove ${domain.domain}`} onClick={remove}>
          <Trash2 />
        </Button>
      </div>
      {domain.verifiedAt === null ? <RecordToSet domain={domain} onVerified={refresh} /> : null}
    </li>
  )
}

/** What to add to the DNS, and the button that looks for it. */
function RecordToSet({ domain, onVerified }: { domain: SignInDomain; onVerified: () => Promise<void> }) {
  const verify = useMutation({
    mutationFn: () =>
      take(api.POST('/api/v1/sign-in/domains/{id}/verify', { params: { path: { id: domain.id } } })),
    onSuccess: async () => {
      await onVerified()
      toast(`${domain.domain} is verified`)
    },
  })
  const notThere =
    verify.error instanceof FreeholdError && verify.error.code === 'single_sign_on.domain_not_proven'
  const { record } = domain
  return (
    <div className="mt-2.5">
      <p className="text-sm text-pretty text-ink-2">
        Add this record where the DNS of {domain.domain} is kept, beside what is there already.
      </p>
      <dl className="mt-2 rounded-md border bg-sunken text-sm [&>div+div]:border-t">
        <Part name="Type" value={record.type} />
        <Part name="Name" value={record.name} note="Some call it host, and write @ for the domain itself." />
        <Part name="Value" value={record.value} />
      </dl>
      <div role="status" className="empty:hidden">
        {notThere && !verify.isPending ? (
          <div className="mt-3 rounded-md bg-amber-soft px-3 py-2 text-sm text-pretty">
            <p className="font-medium">The record is not there yet</p>
            <p className="mt-0.5 text-ink-2">
              No TXT record of {record.name} has this value. A new one can take minutes to be seen, with some
              providers hours. Check that it was saved at the domain itself, not at a subdomain.
            </p>
          </div>
        ) : null}
      </div>
      {verify.error && !notThere ? (
        <div className="mt-3">
          <FormError error={verify.error} />
        </div>
      ) : null}
      <Button busy={verify.isPending} onClick={() => verify.mutate()} className="mt-3">
        {verify.isPending ? 'Looking' : notThere ? 'Look again' : 'Look for the record'}
      </Button>
    </div>
  )
}

function Part({ name, value, note }: { name: string; value: string; note?: string }) {
  return (
    <div className="flex items-center gap-3 py-1 pr-1 pl-2.5">
      <dt className="w-12 shrink-0 text-ink-2">{name}</dt>
      <dd className="min-w-0 flex-1">
        <code className="font-mono text-xs break-all select-all">{value}</code>
        {note ? <span className="block text-xs text-ink-3">{note}</span> : null}
      </dd>
      <dd>
        <CopyButton value={value} label={`Copy the ${name.toLowerCase()}`} />
      </dd>
    </div>
  )
}
