import { and, eq, gte, lt, type SQL, sql } from 'drizzle-orm'
import type { Nanos } from '../../platform/money.ts'
import { madeBy, madeWithKeyOf } from './own-calls.ts'
import { adjustmentNanos } from './store.ts'
import { usageRecords } from './tables.ts'

/** Which calls are meant: those that agree with all that is named. */
export interface CallFilter {
  /** With their sessions and their own keys. */
  userId?: string | undefined
  apiKeyId?: string | undefined
  serviceAccountId?: string | undefined
  projectId?: string | undefined
  model?: string | undefined
  provider?: string | undefined
  purpose?: 'chat' | 'embedding' | 'message' | 'assistant' | undefined
  tag?: string | undefined
  status?: 'ok' | 'error' | 'aborted' | 'interrupted' | undefined
  cache?: 'hit' | 'miss' | 'shared' | undefined
  /** A part of the error's code. */
  error?: string | undefined
  minCostNanos?: Nanos | undefined
  /** Ended at or after. */
  from?: Date | undefined
  /** Ended before. */
  to?: Date | undefined
}

export function conditionOf(filter: CallFilter, visible: SQL | undefined): SQL | undefined {
  const { userId, apiKeyId, serviceAccountId, error, minCostNanos, from, to } = filter
  const equal = (['model', 'provider', 'purpose', 'projectId', 'tag', 'status', 'cache'] as const).flatMap(
    (name) => {
      const value = filter[name]
      return value === undefined ? [] : [sql`${usageRecords[name]} = ${value}`]
    },
  )
  return and(
    visible,
    ...equal,
    userId === undefined ? undefined : madeBy(userId),
    apiKeyId === undefined ? undefined : eq(usageRecords.apiKeyId, apiKeyId),
    serviceAccountId === undefined ? undefined : madeWithKeyOf('service_account_id', serviceAccountId),
    // By position and not by pattern: what a caller sends is no pattern.
    error === undefined ? undefined : sql`position(lower(${error}) in lower(${usageRecords.errorCode})) > 0`,
    minCostNanos === undefined
      ? undefined
      : sql`${usageRecords.costNanos} + ${adjustmentNanos} >= ${minCostNanos.toString()}::bigint`,
    from === undefined ? undefined : gte(usageRecords.createdAt, from),
    to === undefined ? undefined : lt(usageRecords.createdAt, to),
  )
}
