import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { toast } from 'sonner'
import { api, FreeholdError, messageOf } from '../../app/api.ts'
import type { ListedQueuedCall, QueuedCall } from '../../app/api-types.ts'
import { queryClient } from '../../app/query-client.ts'
import { Button } from '../../ui/button.tsx'
import { CopyId } from '../../ui/copy.tsx'
import { Inspector } from '../../ui/inspector.tsx'
import { Money } from '../../ui/money.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { Snippet } from '../../ui/snippet.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { queuedCallQuery, queuedCallsQuery } from './queries.ts'
import { deliveryText, QueuedState } from './queued-page.tsx'

/** One queued call: how far it is, its delivery, its answer, and its end. */
export function QueuedCallInspector({
  id,
  listed,
  onClose,
}: {
  id: string
  listed: ListedQueuedCall | undefined
  onClose: () => void
}) {
  const isUnfinished = listed?.status === 'waiting' || listed?.status === 'running'
  const query = useQuery(queuedCallQuery(id, isUnfinished))
  // A colleague's is listed, and its answer is theirs alone.
  const isOthers = query.error instanceof FreeholdError && query.error.status === 404 && listed !== undefined
  const call = query.data ?? listed
  const end = useMutation({
    mutationFn: () => api.DELETE('/api/v1/queued-calls/{id}', { params: { path: { id } } }),
    onSuccess: () => {
      toast(isUnfinished ? 'The call was cancelled' : 'The call was removed')
      void queryClient.invalidateQueries({ queryKey: queuedCallsQuery.queryKey })
      // What was removed is not asked for again.
      if (isUnfinished) void query.refetch()
      else onClose()
    },
    onError: (error) => toast.error('The call could not be ended', { description: messageOf(error) }),
  })
  return (
    <Inspector
      title="Queued call"
      subtitle={call ? <Time value={call.createdAt} /> : <Skeleton className="h-3 w-24" />}
      onClose={onClose}
    >
      {query.isError && !isOthers ? (
        <ErrorState
          error={query.error}
          title="The call could not be loaded"
          onRetry={() => void query.refetch()}
          className="m-5"
        />
      ) : null}
      {!call && query.isPending ? (
        <div className="space-y-4 p-5" role="status" aria-label="Loading the call">
          {[0, 1, 2, 3].map((row) => (
            <Skeleton key={row} />
          ))}
        </div>
      ) : null}
      {call ? (
        <div className="space-y-6 p-5">
          <Facts call={call} usage={listed?.usage ?? null} />
          {query.data ? <Answer call={query.data} /> : null}
          {isOthers ? (
            <p className="text-sm text-ink-2">Its answer is read by whoever sent it, and by nobody else.</p>
          ) : null}
          {query.data ? (
            <Button busy={end.isPending} onClick={() => end.mutate()}>
              {isUnfinished ? 'Cancel the call' : 'Remove it with its answer'}
            </Button>
          ) : null}
        </div>
      ) : null}
    </Inspector>
  )
}

function Facts({ call, usage }: { call: QueuedCall | ListedQueuedCall; usage: ListedQueuedCall['usage'] }) {
  const { webhook } = call
  return (
    <dl>
      <Row label="State">
        <QueuedState status={call.status} />
      </Row>
      {call.errorCode ? <Row label="Error">{call.errorCode}</Row> : null}
      {call.startedAt ? (
        <Row label="Begun">
          <Time value={call.startedAt} />
        </Row>
      ) : null}
      {call.finishedAt ? (
        <Row label="Ended">
          <Time value={call.finishedAt} />
        </Row>
      ) : null}
      <Row label="Delivery">{deliveryText(call)}</Row>
      {webhook ? <Row label="Tries">{webhook.tries}</Row> : null}
      {webhook?.lastTryAt ? (
        <Row label="Last try">
          <Time value={webhook.lastTryAt} />
          {webhook.lastAnswer === null ? ', not answered' : `, answered ${webhook.lastAnswer}`}
        </Row>
      ) : null}
      {usage ? (
        <>
          <Row label="Model">{usage.model}</Row>
          <Row label="Cost">
            <Money nanos={usage.costNanos} />
          </Row>
          <Row label="Why">
            <Link
              to="/usage/requests"
              search={{ request: call.requestId }}
              className="rounded-sm text-accent-ink underline decoration-accent-line underline-offset-3"
            >
              Its request, explained
            </Link>
          </Row>
        </>
      ) : null}
      <Row label="Call">
        <CopyId value={call.id} short />
      </Row>
    </dl>
  )
}

function Answer({ call }: { call: QueuedCall }) {
  if (call.error) return <p className="text-sm text-pretty">{call.error.message}</p>
  if (!call.response) return null
  return <Snippet code={JSON.stringify(call.response, null, 2)} label="the answer" />
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-4 border-b py-2 text-sm">
      <dt className="shrink-0 text-ink-2">{label}</dt>
      <dd className="min-w-0 text-right break-words">{children}</dd>
    </div>
  )
}
