import type { z } from '@hono/zod-openapi'
import { formatUsd } from '../../platform/money.ts'
import type { UsageRecordRow } from '../ledger/index.ts'
import type { listedQueuedCall, queuedCall } from './contract.ts'
import type { QueuedResult } from './sealed-calls.ts'
import type { QueuedCallRow } from './store.ts'

export function urlOf(id: string): string {
  return `/api/v1/queued-calls/${id}`
}

function presentFields(row: QueuedCallRow) {
  return {
    id: row.id,
    status: row.status,
    url: urlOf(row.id),
    requestId: row.requestId,
    errorCode: row.errorCode,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    expiresAt: row.expiresAt.toISOString(),
    webhook:
      row.webhookStatus === null
        ? null
        : {
            status: row.webhookStatus,
            tries: row.webhookTries,
            lastAnswer: row.webhookAnswer,
            lastTryAt: row.webhookAt?.toISOString() ?? null,
          },
  }
}

/** Without what was asked and answered. */
export function presentListed(
  row: QueuedCallRow,
  record: UsageRecordRow | undefined,
): z.infer<typeof listedQueuedCall> {
  const { userId, apiKeyId, serviceAccountId } = row
  const usage = record && {
    model: record.model,
    costNanos: record.costNanos.toString(),
    costUsd: formatUsd(record.costNanos),
  }
  return { ...presentFields(row), userId, apiKeyId, serviceAccountId, usage: usage ?? null }
}

export function presentQueuedCall(
  row: QueuedCallRow,
  result: QueuedResult | undefined,
): z.infer<typeof queuedCall> {
  const isAnswer = result !== undefined && result.status < 400
  return {
    ...presentFields(row),
    statusCode: result?.status ?? null,
    response: isAnswer ? { ...result.body } : null,
    // What `openAiError` has made.
    error: result && !isAnswer ? (result.body.error as z.infer<typeof queuedCall>['error']) : null,
  }
}
