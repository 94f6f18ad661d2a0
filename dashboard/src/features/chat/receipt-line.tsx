import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Receipt } from '../../app/api-types.ts'
import { formatCount, formatDuration, formatMoney, nanosOf } from '../../app/format.ts'
import { Popover, PopoverContent, PopoverTrigger } from '../../ui/popover.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { ErrorState } from '../../ui/states.tsx'
import { Arithmetic } from '../usage/arithmetic.tsx'
import { usageRecordQuery } from '../usage/queries.ts'

/** What an answer cost, in one quiet line; pressing the amount shows how it was computed. */
export function ReceiptLine({ receipt }: { receipt: Receipt }) {
  const tokens = receipt.promptTokens + receipt.completionTokens
  const parts = [
    receipt.isLanguageModel ? receipt.model : `${receipt.model}, no language model`,
    `${formatCount(tokens)} tokens`,
  ]
  const after = [
    receipt.timeToFirstTokenMs === null
      ? formatDuration(receipt.latencyMs)
      : `first word after ${formatDuration(receipt.timeToFirstTokenMs)}`,
    receipt.cache !== 'miss' ? 'from the cache' : null,
    receipt.fallback ? 'by a fallback' : null,
  ].filter((part) => part !== null)
  return (
    <p className="py-1 text-xs leading-5 text-ink-3">
      {parts.join(' · ')} · <CostButton receipt={receipt} /> · {after.join(' · ')}
    </p>
  )
}

function CostButton({ receipt }: { receipt: Receipt }) {
  const [open, setOpen] = useState(false)
  const record = useQuery({ ...usageRecordQuery(receipt.requestId), enabled: open })
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger
        aria-label={`Cost ${formatMoney(nanosOf(receipt.costNanos))}: show the arithmetic`}
        className="rounded-sm font-mono text-ink-2 underline decoration-line-strong decoration-dotted underline-offset-3 hover:text-ink hover:decoration-current"
      >
        {formatMoney(nanosOf(receipt.costNanos))}
      </PopoverTrigger>
      <PopoverContent align="start" side="top" aria-label="What the answer cost" className="w-92">
        {record.data ? (
          <>
            <Arithmetic record={record.data} />
            <Link
              to="/usage/requests"
              search={{ request: receipt.requestId }}
              className="mt-2 inline-block rounded-sm text-xs text-accent-ink underline decoration-accent-line underline-offset-3"
            >
              All about this call
            </Link>
          </>
        ) : null}
        {record.isPending ? (
          <div className="space-y-3" role="status" aria-label="Loading the arithmetic">
            <Skeleton className="w-full" />
            <Skeleton className="w-full" />
            <Skeleton className="w-2/3" />
          </div>
        ) : null}
        {record.isError ? (
          <ErrorState
            error={record.error}
            title="The receipt could not be loaded"
            onRetry={() => void record.refetch()}
          />
        ) : null}
      </PopoverContent>
    </Popover>
  )
}
