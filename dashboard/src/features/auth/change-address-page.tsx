import { queryOptions, skipToken, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { api, FreeholdError } from '../../app/api.ts'
import { queryClient } from '../../app/query-client.ts'
import { sessionChanged, sessionQuery } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { useTitle } from '../../ui/page.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { profileQuery } from '../account/queries.ts'
import { AuthFrame } from './auth-frame.tsx'
import { LinkPasswordForm } from './link-password-form.tsx'
import { useHashOnce } from './link-token.ts'
import { WorkingFrame } from './working-frame.tsx'

async function confirmAddress(token: string, password?: string): Promise<true> {
  const body = password === undefined ? { token } : { token, password }
  await api.POST('/api/v1/auth/confirm-address', { body })
  await sessionChanged()
  await queryClient.invalidateQueries({ queryKey: profileQuery.queryKey })
  return true
}

/** A query, because it runs by itself and once a link: the second use of one would be refused. */
function confirmationQuery(token: string | null) {
  return queryOptions({
    queryKey: ['confirm-address', token],
    queryFn: token === null ? skipToken : () => confirmAddress(token),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  })
}

/** Where the link of the letter to the new address leads: from then on one signs in with that. */
export function ChangeAddressPage() {
  useTitle('Your new address')
  const token = useHashOnce().get('token')
  const confirmation = useQuery(confirmationQuery(token))
  const session = useQuery(sessionQuery)
  const user = session.data?.user
  const onward = (
    <Button asChild variant="link" size="inline">
      {user ? <Link to="/account">Your account</Link> : <Link to="/signin">Sign in</Link>}
    </Button>
  )
  if (confirmation.isSuccess) {
    return (
      <AuthFrame
        title="Your address has changed"
        lead={<p role="status">Sign in with the new one from now on. Your other sessions were ended.</p>}
        footer={null}
      >
        <Button asChild variant="primary" size="lg" className="w-full">
          {user ? <Link to="/account">Your account</Link> : <Link to="/signin">Sign in</Link>}
        </Button>
      </AuthFrame>
    )
  }
  if (confirmation.isLoading || session.isPending) {
    return <WorkingFrame title="Changing your address" footer={onward} />
  }
  const { error } = confirmation
  const code = error instanceof FreeholdError ? error.code : undefined
  if (token !== null && code === 'identity.password_needed') {
    return (
      <LinkPasswordForm
        lead="Give the password of the account that is to get this address. If you did not ask for this, close this page: nothing changes."
        act="Use this address"
        onConfirm={async (password) =>
          queryClient.setQueryData(confirmationQuery(token).queryKey, await confirmAddress(token, password))
        }
        footer={onward}
      />
    )
  }
  if (error && code !== 'identity.link_invalid') {
    return (
      <AuthFrame title="Not changed yet" footer={onward}>
        <ErrorState
          error={error}
          title="Your address is as it was"
          onRetry={() => void confirmation.refetch()}
        />
      </AuthFrame>
    )
  }
  return (
    <AuthFrame
      title="This link is not valid"
      lead={
        <p role="alert">
          It was used already, is older than one day, was called off, or was copied in part. Ask for a new one
          on the page of your account.
        </p>
      }
      footer={onward}
    >
      {null}
    </AuthFrame>
  )
}
