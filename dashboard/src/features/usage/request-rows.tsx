import { Link } from '@tanstack/react-router'
import type { ListedCall } from '../../app/api-types.ts'
import { formatCount, formatDuration } from '../../app/format.ts'
import { StatusDot, type Tone } from '../../ui/badge.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { Money } from '../../ui/money.tsx'
import { Time } from '../../ui/time.tsx'
import { whoText } from './who-called.ts'

const outcomes: Record<ListedCall['status'], { tone: Tone; label: string }> = {
  ok: { tone: 'accent', label: 'Succeeded' },
  error: { tone: 'red', label: 'Failed' },
  aborted: { tone: 'neutral', label: 'Stopped' },
  interrupted: { tone: 'amber', label: 'Interrupted' },
}

export const purposes: Record<ListedCall['purpose'], string> = {
  message: 'Chat',
  assistant: 'Assistant',
  chat: 'API, chat',
  embedding: 'Embedding',
}

export function Outcome({ status }: { status: ListedCall['status'] }) {
  const outcome = outcomes[status]
  return <StatusDot tone={outcome.tone}>{outcome.label}</StatusDot>
}

function RequestLink({ record }: { record: ListedCall }) {
  return (
    <Link
      to="/usage/requests"
      from="/usage/requests"
      search={(old) => ({ ...old, request: record.requestId })}
      data-row-primary
      className="rounded-sm font-medium whitespace-nowrap after:absolute after:inset-0 after:content-['']"
    >
      <Time value={record.createdAt} />
    </Link>
  )
}

export const requestColumns: readonly Column<ListedCall>[] = [
  { id: 'when', header: 'When', cell: (record) => <RequestLink record={record} /> },
  {
    id: 'model',
    header: 'Model',
    className: 'w-full max-w-0',
    cell: (record) => (
      <span className="block truncate" title={record.model}>
        {record.model}
        {record.fallback ? <span className="text-ink-3"> (fallback)</span> : null}
        {record.cache === 'miss' ? null : <span className="text-ink-3"> (from the cache)</span>}
      </span>
    ),
  },
  {
    id: 'who',
    header: 'Made by',
    className: 'max-w-48 text-ink-2 @max-[52rem]:hidden',
    cell: (record) => (
      <span className="block truncate" title={`${whoText(record)} (${purposes[record.purpose]})`}>
        {whoText(record)}
      </span>
    ),
  },
  { id: 'status', header: 'Outcome', cell: (record) => <Outcome status={record.status} /> },
  {
    id: 'tokens',
    header: 'Tokens',
    numeric: true,
    cell: (record) => (
      <span
        title={`${formatCount(record.promptTokens)} read, ${formatCount(record.completionTokens)} written`}
        className="relative"
      >
        {formatCount(record.promptTokens + record.completionTokens)}
      </span>
    ),
  },
  {
    id: 'latency',
    header: 'Time',
    numeric: true,
    className: 'whitespace-nowrap text-ink-2',
    cell: (record) => formatDuration(record.latencyMs),
  },
  {
    id: 'cost',
    header: 'Cost',
    numeric: true,
    cell: (record) => <Money nanos={record.costNanos} className="relative" />,
  },
]

export function CompactRequest({ record }: { record: ListedCall }) {
  return (
    <div className="flex items-start justify-between gap-3">
      <div className="min-w-0">
        <p className="truncate">{record.model}</p>
        <p className="mt-1 flex gap-3 text-sm text-ink-2">
          <RequestLink record={record} />
          <Outcome status={record.status} />
        </p>
      </div>
      <div className="shrink-0 text-right">
        <Money nanos={record.costNanos} />
        <p className="mt-1 text-sm text-ink-2">
          {formatCount(record.promptTokens + record.completionTokens)} tokens
        </p>
      </div>
    </div>
  )
}
