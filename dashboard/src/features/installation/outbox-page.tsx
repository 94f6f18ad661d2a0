import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Inbox } from 'lucide-react'
import type { ReactNode } from 'react'
import type { OutboxMail } from '../../app/api-types.ts'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { Page, useTitle } from '../../ui/page.tsx'
import { SkeletonRows } from '../../ui/skeleton.tsx'
import { Snippet } from '../../ui/snippet.tsx'
import { EmptyState, ErrorState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { InstallationHeader } from './installation-header.tsx'
import { LetterInspector } from './letter-inspector.tsx'
import { outboxQuery } from './queries.ts'

const route = getRouteApi('/app/installation/outbox')

const senders = { smtp: 'the mail server', resend: 'Resend', outbox: '' } as const

function LetterLink({ letter }: { letter: OutboxMail }) {
  return (
    <Link
      to="/installation/outbox"
      search={{ letter: letter.id }}
      data-row-primary
      className="block truncate rounded-sm font-medium after:absolute after:inset-0 after:content-['']"
    >
      {letter.subject}
    </Link>
  )
}

const columns: readonly Column<OutboxMail>[] = [
  {
    id: 'subject',
    header: 'Letter',
    className: 'w-full max-w-0',
    cell: (letter) => <LetterLink letter={letter} />,
  },
  {
    id: 'to',
    header: 'To',
    className: 'max-w-80',
    cell: (letter) => <span className="block truncate text-ink-2">{letter.to}</span>,
  },
  {
    id: 'when',
    header: 'When',
    numeric: true,
    className: 'whitespace-nowrap text-ink-2',
    cell: (letter) => <Time value={letter.createdAt} className="relative" />,
  },
]

/** For who operates the installation: what a server without a mail server would have sent. */
export function OutboxPage() {
  useTitle('Outbox')
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const outbox = useInfiniteQuery(outboxQuery)
  const letters = outbox.data?.letters ?? []
  const open = letters.find(({ id }) => id === search.letter)
  const sends = outbox.data !== undefined && outbox.data.delivery !== 'outbox'
  return (
    <Page
      inspector={
        open ? <LetterInspector letter={open} onClose={() => void navigate({ search: {} })} /> : null
      }
    >
      <InstallationHeader description="Letters that this installation keeps because it has no mail server: invitations, confirmations, new passwords." />
      {outbox.isPending ? <SkeletonRows rows={5} className="mt-3" /> : null}
      {outbox.isError ? (
        <ErrorState
          error={outbox.error}
          title="The outbox could not be loaded"
          onRetry={() => void outbox.refetch()}
          className="mt-6"
        />
      ) : null}
      {sends ? (
        <Note>
          Letters leave by {senders[outbox.data.delivery]}.
          {letters.length > 0 ? ' Those below were kept before that was set up.' : ' None is kept here.'}
        </Note>
      ) : null}
      {outbox.isSuccess && letters.length === 0 && !sends ? (
        <>
          <EmptyState icon={<Inbox />} title="No letter yet" className="pb-8">
            Invite somebody, or ask for a new password: the letter appears here within seconds, and you hand
            its link on. Set up a mail server, and letters go out by themselves.
          </EmptyState>
          <MailServer />
        </>
      ) : null}
      {letters.length > 0 ? (
        <>
          <div className="mt-2">
            <DataTable
              label="Letters"
              columns={columns}
              rows={letters}
              rowKey={(letter) => letter.id}
              activeKey={search.letter}
              compact={(letter) => (
                <div>
                  <LetterLink letter={letter} />
                  <p className="flex justify-between gap-3 text-sm text-ink-2">
                    <span className="min-w-0 truncate">{letter.to}</span>
                    <Time value={letter.createdAt} className="shrink-0 text-ink-3" />
                  </p>
                </div>
              )}
              onLoadMore={outbox.hasNextPage ? () => void outbox.fetchNextPage() : undefined}
              loadingMore={outbox.isFetchingNextPage}
            />
          </div>
          {sends ? null : (
            <details className="mt-6 max-w-2xl text-sm">
              <summary className="w-fit rounded-sm text-ink-2 hover:text-ink">
                How letters leave by mail
              </summary>
              <MailServer />
            </details>
          )}
        </>
      ) : null}
    </Page>
  )
}

function Note({ children }: { children: ReactNode }) {
  return <p className="mt-5 max-w-[68ch] border-l-2 border-accent-line py-0.5 pl-4 text-ink-2">{children}</p>
}

function MailServer() {
  return (
    <div className="mx-auto mt-3 max-w-2xl text-sm text-ink-2">
      <p className="mb-2">
        Start the server with one of these settings. The newest 200 letters are kept until then.
      </p>
      <Snippet
        label="the settings of a mail server"
        code={[
          'SMTP_URL=smtp://user:password@mail.example.com:587',
          'MAIL_FROM="Freehold <freehold@example.com>"',
          '',
          '# or, by Resend',
          'RESEND_API_KEY=re_…',
        ].join('\n')}
      />
    </div>
  )
}
