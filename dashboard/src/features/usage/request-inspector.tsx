import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { UsageExplanation } from '../../app/api-types.ts'
import { formatCount, formatDuration } from '../../app/format.ts'
import { CopyId } from '../../ui/copy.tsx'
import { Inspector } from '../../ui/inspector.tsx'
import { Money } from '../../ui/money.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { verdictInWords } from '../guardrails/guard-words.ts'
import { Arithmetic } from './arithmetic.tsx'
import { Attempts } from './attempts.tsx'
import { CountedBudgets } from './counted-budgets.tsx'
import { usageRecordQuery } from './queries.ts'
import { Outcome, purposes } from './request-rows.tsx'
import { whoText } from './who-called.ts'

/** One call, explained: what was asked, how it ended, how long it took, what it cost and why. */
export function RequestInspector({ requestId, onClose }: { requestId: string; onClose: () => void }) {
  const query = useQuery(usageRecordQuery(requestId))
  const { data: record } = query
  return (
    <Inspector
      title={record?.model ?? 'Request'}
      subtitle={record ? <Time value={record.createdAt} /> : <Skeleton className="h-3 w-24" />}
      onClose={onClose}
    >
      {query.isError ? (
        <ErrorState
          error={query.error}
          title="The request could not be loaded"
          onRetry={() => void query.refetch()}
          className="m-5"
        />
      ) : null}
      {query.isPending ? (
        <div className="space-y-4 p-5" role="status" aria-label="Loading the request">
          {[0, 1, 2, 3, 4, 5].map((row) => (
            <Skeleton key={row} />
          ))}
        </div>
      ) : null}
      {record ? <RequestDetails record={record} /> : null}
    </Inspector>
  )
}

function RequestDetails({ record }: { record: UsageExplanation }) {
  return (
    <div className="space-y-6 p-5">
      {record.attempts.length > 0 ? <Attempts attempts={record.attempts} /> : null}
      <Arithmetic record={record} />
      <CountedBudgets record={record} />
      <dl>
        <Row label="Outcome">
          <Outcome status={record.status} />
        </Row>
        {record.errorCode ? <Row label="Error">{record.errorCode}</Row> : null}
        <Row label="Made by">{whoText(record)}</Row>
        {record.project ? <Row label="Project">{record.project.name ?? 'No longer here'}</Row> : null}
        {record.tag ? <Row label="Tag">{record.tag}</Row> : null}
        {record.alias ? <Row label="Asked for">{record.alias}</Row> : null}
        <Row label="From">{purposes[record.purpose] ?? record.purpose}</Row>
        <Row label="Provider">{record.provider}</Row>
        <Row label="Served by">
          {record.deployment}
          {record.fallback ? ', as a fallback' : ''}
        </Row>
        <Row label="Cache">{cacheWords[record.cache]}</Row>
        {record.cache === 'miss' ? null : (
          <Row label="Not spent">
            <Money nanos={record.savedNanos} />
          </Row>
        )}
        <Row label="Whole time">{formatDuration(record.latencyMs)}</Row>
        {record.timeToFirstTokenMs === null ? null : (
          <Row label="First word after">{formatDuration(record.timeToFirstTokenMs)}</Row>
        )}
        <Row label="Tokens read">
          {formatCount(record.promptTokens)}
          {record.cachedTokens > 0 ? `, ${formatCount(record.cachedTokens)} from the provider's cache` : ''}
        </Row>
        <Row label="Tokens written">
          {formatCount(record.completionTokens)}
          {record.reasoningTokens > 0 ? `, ${formatCount(record.reasoningTokens)} of them reasoning` : ''}
        </Row>
        {record.prompt ? (
          <Row label="Prompt">
            <Link
              to="/models/prompts/$promptId"
              params={{ promptId: record.prompt.id }}
              search={{ version: record.prompt.version }}
              className="rounded-sm text-accent-ink underline decoration-accent-line underline-offset-3"
            >
              Version {record.prompt.version}
            </Link>
          </Row>
        ) : null}
        {record.guardrails.map((verdict) => (
          <Row
            key={`${verdict.guard}-${verdict.stage}-${verdict.action}`}
            label={verdict.stage === 'input' ? 'Guard of requests' : 'Guard of answers'}
          >
            {verdictInWords(verdict)}
          </Row>
        ))}
        {record.apiKeyId ? (
          <Row label="API key">
            <CopyId value={record.apiKeyId} short />
          </Row>
        ) : null}
        {record.userId ? (
          <Row label="Person">
            <CopyId value={record.userId} short />
          </Row>
        ) : null}
        <Row label="Request">
          <CopyId value={record.requestId} short />
        </Row>
      </dl>
    </div>
  )
}

const cacheWords: Record<UsageExplanation['cache'], string> = {
  hit: 'Hit: nothing was sent',
  shared: 'Given the answer of another call that asked the same',
  miss: 'Not used',
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex items-baseline justify-between gap-4 border-b py-2 text-sm">
      <dt className="shrink-0 text-ink-2">{label}</dt>
      <dd className="min-w-0 text-right break-words">{children}</dd>
    </div>
  )
}
