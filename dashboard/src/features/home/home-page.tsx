import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { formatToday } from '../../app/format.ts'
import { useCan, useOrganization, useSession } from '../../app/session.ts'
import { useHiddenIds } from '../../app/undoable-delete.ts'
import { Page, SectionHeader, useTitle } from '../../ui/page.tsx'
import { Skeleton, SkeletonRows } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { apiKeysQuery } from '../api-keys/queries.ts'
import { conversationsQuery } from '../chat/queries.ts'
import { documentsQuery } from '../knowledge/queries.ts'
import { modelsQuery } from '../models/queries.ts'
import { budgetsQuery } from '../usage/queries.ts'
import { AskBox } from './ask-box.tsx'
import { Checklist } from './checklist.tsx'
import { NeedsYou } from './needs-you.tsx'
import { SpendSummary } from './spend-summary.tsx'

export function HomePage() {
  useTitle('Home')
  const { user } = useSession()
  const organization = useOrganization()
  const canAsk = useCan('write:conversations')
  const canReadConversations = useCan('read:conversations')
  const canReadDocuments = useCan('read:documents')
  const known = useKnown()
  const greeting = useMemo(() => greetingFor(new Date()), [])
  const today = useMemo(() => formatToday(new Date()), [])
  return (
    <Page>
      <header className="pt-10 max-md:pt-6">
        <p className="text-sm text-ink-3">
          {today} <span className="md:hidden">· {organization.name}</span>
        </p>
        <h1 className="mt-0.5 text-xl font-semibold tracking-[-0.022em]">
          {greeting}, {user.name.split(' ')[0]}
        </h1>
      </header>
      {canAsk ? <AskBox /> : null}
      <div className="mt-10 grid gap-x-14 gap-y-10 lg:grid-cols-[minmax(0,1fr)_20rem]">
        {known ? (
          <>
            <div className="flex min-w-0 flex-col gap-10">
              {canAsk && canReadDocuments ? <Checklist /> : null}
              <NeedsYou />
              {canReadConversations ? <RecentConversations /> : null}
              {canReadConversations || canReadDocuments ? null : <NothingShared />}
            </div>
            <SpendSummary />
          </>
        ) : (
          <SkeletonRows rows={5} className="border-t border-line-strong" />
        )}
      </div>
    </Page>
  )
}

/**
 * Whether it is known which parts there are. One that came later would push away what stands below it and is being read
 * already.
 */
function useKnown(): boolean {
  const documents = useCan('read:documents')
  const queries = [
    useInfiniteQuery({ ...apiKeysQuery, enabled: useCan('manage:api_keys') }),
    useQuery({ ...budgetsQuery, enabled: useCan('read:budgets') }),
    useQuery({ ...modelsQuery, enabled: useCan('read:models') }),
    useInfiniteQuery({ ...documentsQuery(), enabled: documents }),
    useInfiniteQuery({ ...documentsQuery({ status: 'failed' }), enabled: documents }),
    useInfiniteQuery({ ...conversationsQuery(), enabled: useCan('read:conversations') }),
  ]
  // What one may not read is not asked for, and not waited for.
  return queries.every((query) => !query.isLoading)
}

function greetingFor(now: Date): string {
  const hour = now.getHours()
  if (hour < 5) return 'Good night'
  if (hour < 12) return 'Good morning'
  return hour < 18 ? 'Good afternoon' : 'Good evening'
}

/** For guests, and for roles that hold next to nothing. */
function NothingShared() {
  const organization = useOrganization()
  return (
    <p className="max-w-[60ch] border-l-2 border-line-strong py-1 pl-4 text-pretty text-ink-2">
      You belong to {organization.name}, and nothing in it is shared with you yet. What is will be listed
      here; an owner or admin can also give you a role that sees more.
    </p>
  )
}

function RecentConversations() {
  const hidden = useHiddenIds()
  const query = useInfiniteQuery(conversationsQuery())
  const recent = (query.data ?? []).filter((conversation) => !hidden.has(conversation.id)).slice(0, 6)
  if (query.isSuccess && recent.length === 0) return null
  return (
    <section aria-labelledby="recent">
      <SectionHeader title="Recent conversations" id="recent">
        <Link
          to="/chat/{-$conversationId}"
          params={{ conversationId: undefined }}
          className="rounded-sm text-sm text-ink-2 hover:text-ink"
        >
          All
        </Link>
      </SectionHeader>
      {query.isError ? (
        <ErrorState
          error={query.error}
          title="The conversations could not be loaded"
          onRetry={() => void query.refetch()}
          className="mt-2"
        />
      ) : null}
      <ul className="mt-1 border-t border-line-strong">
        {query.isPending
          ? [0, 1, 2].map((row) => (
              <li key={row} className="flex h-15 flex-col justify-center gap-2 border-b">
                <Skeleton className="w-2/5" />
                <Skeleton className="h-3 w-3/4" />
              </li>
            ))
          : recent.map((conversation) => (
              <li
                key={conversation.id}
                className="row-bleed relative border-b py-2.5 transition-colors hover:row-quiet"
              >
                <div className="flex items-baseline justify-between gap-4">
                  <Link
                    to="/chat/{-$conversationId}"
                    params={{ conversationId: conversation.id }}
                    className="min-w-0 truncate rounded-sm font-medium after:absolute after:inset-0 after:content-['']"
                  >
                    {conversation.title}
                  </Link>
                  <Time value={conversation.updatedAt} className="shrink-0 text-sm text-ink-3" />
                </div>
                {conversation.lastMessagePreview ? (
                  <p className="truncate text-sm text-ink-2">{plain(conversation.lastMessagePreview)}</p>
                ) : null}
              </li>
            ))}
      </ul>
    </section>
  )
}

/** A preview is one line of text: without the signs of its markdown. */
function plain(markdown: string): string {
  return markdown.replace(/\s?\[\d+(,\s*\d+)*\]/g, '').replace(/[*_#`>]+/g, '')
}
