import { useQuery } from '@tanstack/react-query'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { AccountSection } from '../account/account-section.tsx'
import { ConnectionForm } from './connection-form.tsx'
import { connectionQuery, domainsQuery } from './queries.ts'

export function ConnectionSection() {
  const connection = useQuery(connectionQuery)
  const domains = useQuery(domainsQuery)
  const verified = domains.data?.filter(({ verifiedAt }) => verifiedAt !== null) ?? []
  return (
    <AccountSection
      title="Identity provider"
      description="Any OpenID Connect provider: Okta, Microsoft Entra ID, Google Workspace, Keycloak and others. Register Freehold there as a web application, then enter what it gave you."
    >
      {connection.isPending ? (
        <div role="status" aria-label="Loading" className="flex h-90 flex-col gap-6">
          <Skeleton className="h-9 w-full" />
          <Skeleton className="h-9 w-full" />
          <Skeleton className="h-9 w-full" />
        </div>
      ) : null}
      {connection.isError ? (
        <ErrorState
          error={connection.error}
          title="The connection could not be loaded"
          onRetry={() => void connection.refetch()}
        />
      ) : null}
      {connection.data === undefined ? null : (
        <ConnectionForm
          saved={connection.data.connection}
          redirectUri={connection.data.redirectUri}
          domains={verified.map(({ domain }) => domain)}
        />
      )}
    </AccountSection>
  )
}
