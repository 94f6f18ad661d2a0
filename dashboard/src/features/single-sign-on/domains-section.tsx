import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api, FreeholdError, take } from '../../app/api.ts'
import { queryClient } from '../../app/query-client.ts'
import { useHiddenIds } from '../../app/undoable-delete.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { Input } from '../../ui/input.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { AccountSection } from '../account/account-section.tsx'
import { FormError } from '../auth/form-error.tsx'
import { DomainRow } from './domain-row.tsx'
import { domainsQuery } from './queries.ts'

export function DomainsSection() {
  const domains = useQuery(domainsQuery)
  const hidden = useHiddenIds()
  const shown = domains.data?.filter(({ id }) => !hidden.has(id))
  return (
    <AccountSection
      title="Domains"
      description="An identity provider speaks for addresses of domains that are shown to be yours, and for no others."
    >
      {domains.isPending ? (
        <div role="status" aria-label="Loading" className="mb-5 flex h-11 items-center gap-6 border-y">
          <Skeleton className="w-40" />
          <Skeleton className="ml-auto w-24" />
        </div>
      ) : null}
      {domains.isError ? (
        <ErrorState
          error={domains.error}
          title="The domains could not be loaded"
          onRetry={() => void domains.refetch()}
          className="mb-5"
        />
      ) : null}
      {shown && shown.length > 0 ? (
        <ul aria-label="Domains" className="mb-5 border-t">
          {shown.map((domain) => (
            <DomainRow key={domain.id} domain={domain} />
          ))}
        </ul>
      ) : null}
      <AddDomain />
    </AccountSection>
  )
}

/** A slip in the name is said at the field; what else is refused, below it. */
function isSlip(error: unknown): error is FreeholdError {
  return error instanceof FreeholdError && error.status === 400
}

function AddDomain() {
  const [domain, setDomain] = useState('')
  const add = useMutation({
    mutationFn: () => take(api.POST('/api/v1/sign-in/domains', { body: { domain: domain.trim() } })),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: domainsQuery.queryKey })
      setDomain('')
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        add.mutate()
      }}
      className="flex flex-col gap-3"
    >
      <Field
        label="Add a domain"
        hint="What stands behind the @ of your addresses. A subdomain is a domain of its own."
        error={isSlip(add.error) ? 'This is not a domain name, such as acme.example.' : undefined}
      >
        {(control) => (
          <div className="flex gap-2">
            <Input
              {...control}
              value={domain}
              required
              maxLength={255}
              placeholder="acme.example"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              inputMode="url"
              onChange={(event) => {
                setDomain(event.target.value)
                if (add.isError) add.reset()
              }}
            />
            <Button
              type="submit"
              busy={add.isPending}
              disabled={domain.trim() === ''}
              className="h-9 max-md:h-11"
            >
              Add
            </Button>
          </div>
        )}
      </Field>
      {isSlip(add.error) ? null : <FormError error={add.error} />}
    </form>
  )
}
