import { queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { toast } from 'sonner'
import { api, FreeholdError, messageOf, take } from '../../app/api.ts'
import type { InvitationView, Session } from '../../app/api-types.ts'
import { formatDate, formatExact } from '../../app/format.ts'
import { enterSession, leaveSession, sessionQuery } from '../../app/session.ts'
import { Button } from '../../ui/button.tsx'
import { useTitle } from '../../ui/page.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { AuthFrame } from '../auth/auth-frame.tsx'
import { FormError } from '../auth/form-error.tsx'
import { handOverEmail } from '../auth/handed-email.ts'
import { useHashOnce } from '../auth/link-token.ts'
import { roleNameOf } from '../organization/roles.ts'
import { heldInvitation, holdInvitation, invitationPath } from './held-invitation.ts'

function lookupQuery(token: string) {
  return queryOptions({
    queryKey: ['invitation', token],
    queryFn: () => take(api.POST('/api/v1/invitations/lookup', { body: { token } })),
    staleTime: 60_000,
  })
}

/**
 * What the link of a letter opens, with or without a session. The token arrives in the fragment; it is taken out of the
 * address at once and kept for this tab, so that it is in no history and survives signing in.
 */
export function InvitationPage() {
  useTitle('Invitation')
  const fromLetter = useHashOnce().get('token')
  const [token] = useState(() => fromLetter ?? heldInvitation()?.token ?? null)
  useEffect(() => {
    if (fromLetter !== null && heldInvitation()?.token !== fromLetter) holdInvitation({ token: fromLetter })
  }, [fromLetter])
  if (token === null) {
    return (
      <Ended title="There is no invitation here">
        This page opens from the link in a letter of invitation. Open the letter and press its button, or copy
        the whole address, with everything behind the #.
      </Ended>
    )
  }
  return <Invitation token={token} />
}

function Invitation({ token }: { token: string }) {
  const [joined, setJoined] = useState(false)
  // Once it is accepted, its link opens nothing any more.
  const invitation = useQuery({ ...lookupQuery(token), enabled: !joined })
  const session = useQuery(sessionQuery)
  useEffect(() => {
    if (!invitation.data) return
    const { email, organization } = invitation.data
    holdInvitation({ token, email, organization: organization.name })
    handOverEmail(email)
  }, [invitation.data, token])
  if (invitation.isError)
    return <Refused error={invitation.error} onRetry={() => void invitation.refetch()} />
  if (!invitation.data || session.isPending) {
    return (
      <AuthFrame title="Invitation" footer={null}>
        <div role="status" aria-label="Loading" className="flex flex-col gap-4">
          <Skeleton className="w-4/5" />
          <Skeleton className="h-28" />
          <Skeleton className="h-10" />
        </div>
      </AuthFrame>
    )
  }
  const signedIn = session.data ?? null
  const isForThem = signedIn?.user.email.toLowerCase() === invitation.data.email.toLowerCase()
  return (
    <AuthFrame
      title={`Join ${invitation.data.organization.name}`}
      lead={
        invitation.data.invitedBy
          ? `${invitation.data.invitedBy.name} invites you to work together.`
          : 'You are invited to work together.'
      }
      footer="If you did not expect this, close the page: nobody joins without accepting."
    >
      <Particulars invitation={invitation.data} />
      <div className="mt-6 flex flex-col gap-3">
        {signedIn === null ? <WaysIn /> : null}
        {signedIn !== null && isForThem ? (
          <Accept token={token} invitation={invitation.data} onJoined={() => setJoined(true)} />
        ) : null}
        {signedIn !== null && !isForThem ? (
          <WrongAccount session={signedIn} email={invitation.data.email} />
        ) : null}
      </div>
    </AuthFrame>
  )
}

function Particulars({ invitation }: { invitation: InvitationView }) {
  const rows: [label: string, value: ReactNode][] = [
    ['Organization', invitation.organization.name],
    ['Your role', roleNameOf(invitation)],
    ['For', invitation.email],
    [
      'Open until',
      <time key="until" dateTime={invitation.expiresAt} title={formatExact(new Date(invitation.expiresAt))}>
        {formatDate(new Date(invitation.expiresAt))}
      </time>,
    ],
  ]
  return (
    <dl className="border-t border-line-strong">
      {rows.map(([label, value]) => (
        <div key={label} className="flex items-baseline justify-between gap-6 border-b py-2 text-sm">
          <dt className="shrink-0 text-ink-2">{label}</dt>
          <dd className="min-w-0 text-right font-medium break-words">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** For who is not signed in. Both forms have the address in them already and lead back here. */
function WaysIn() {
  return (
    <>
      <Button asChild variant="primary" size="lg">
        <Link to="/signup" search={{ redirect: invitationPath }}>
          Create your account
        </Link>
      </Button>
      <Button asChild size="lg">
        <Link to="/signin" search={{ redirect: invitationPath }}>
          Sign in
        </Link>
      </Button>
    </>
  )
}

function Accept({
  token,
  invitation,
  onJoined,
}: {
  token: string
  invitation: InvitationView
  onJoined: () => void
}) {
  const navigate = useNavigate()
  const accept = useMutation({
    mutationFn: async () => {
      const { organization } = await take(api.POST('/api/v1/invitations/accept', { body: { token } }))
      return take(api.POST('/api/v1/auth/switch', { body: { organizationId: organization.id } }))
    },
    onSuccess: async (session) => {
      holdInvitation(null)
      onJoined()
      enterSession(session)
      await navigate({ to: '/' })
      toast(`Welcome to ${invitation.organization.name}`)
    },
  })
  return (
    <>
      <FormError error={accept.error} />
      <Button variant="primary" size="lg" busy={accept.isPending} onClick={() => accept.mutate()}>
        Accept and join
      </Button>
      <p className="text-center text-sm text-ink-3">You are signed in as {invitation.email}.</p>
    </>
  )
}

function WrongAccount({ session, email }: { session: Session; email: string }) {
  const navigate = useNavigate()
  const signOut = useMutation({
    mutationFn: () => api.POST('/api/v1/auth/signout', { body: {} }),
    onSuccess: async () => {
      leaveSession()
      await navigate({ to: '/signin', search: { redirect: invitationPath } })
    },
    onError: (error) => toast.error('You are still signed in', { description: messageOf(error) }),
  })
  return (
    <>
      <div role="alert" className="rounded-md bg-amber-soft px-3 py-2 text-sm text-amber">
        You are signed in as {session.user.email}. This invitation is for {email}: only that account can
        accept it.
      </div>
      <Button variant="primary" size="lg" busy={signOut.isPending} onClick={() => signOut.mutate()}>
        Sign out and use the other account
      </Button>
      <Button asChild size="lg">
        <Link to="/">Stay as you are</Link>
      </Button>
    </>
  )
}

const endings: Record<string, [title: string, words: string]> = {
  expired: [
    'The invitation has expired',
    'A link works for seven days. Ask whoever invited you to send the letter again: they find you under Members.',
  ],
  revoked: [
    'The invitation was withdrawn',
    'Ask whoever invited you whether that was a mistake; they can send a new one.',
  ],
  used: [
    'The invitation was accepted already',
    'If that was you, you belong to the organization: sign in, and find it in the switcher at the top left.',
  ],
  inviter_gone: [
    'The invitation counts no more',
    'Whoever sent it may not invite to this role any longer. Ask an admin of the organization to send it again.',
  ],
  organization_deleted: [
    'The organization is not there any more',
    'It was deleted after the letter was sent. An owner of it can restore it for 30 days.',
  ],
}

function Refused({ error, onRetry }: { error: Error; onRetry: () => void }) {
  if (error instanceof FreeholdError && error.status === 410) {
    const [title, words] = endings[String(error.details.reason)] ?? ['The invitation is over', error.message]
    return <Ended title={title}>{words}</Ended>
  }
  if (error instanceof FreeholdError && error.status === 404) {
    return (
      <Ended title="This link opens no invitation">
        A newer letter may have replaced it, or a piece of the address is missing. Use the newest letter, or
        ask for another one.
      </Ended>
    )
  }
  return (
    <AuthFrame title="Invitation" footer={null}>
      <ErrorState error={error} title="The invitation could not be looked up" onRetry={onRetry} />
    </AuthFrame>
  )
}

/** An invitation that leads nowhere: why, and the way on. */
function Ended({ title, children }: { title: string; children: ReactNode }) {
  const { data: session } = useQuery(sessionQuery)
  return (
    <AuthFrame title={title} lead={children} footer={null}>
      <Button asChild size="lg" className="w-full">
        {session ? (
          <Link to="/">Go to Freehold</Link>
        ) : (
          <Link to="/signin" search={{}}>
            Sign in
          </Link>
        )}
      </Button>
    </AuthFrame>
  )
}
