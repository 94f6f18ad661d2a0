import { type Scope, systemCaller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { AppError, internalError } from '../../../platform/errors.ts'
import { openAiError } from '../../../platform/http/error-response.ts'
import { newId } from '../../../platform/ids.ts'
import { spendingUnavailable } from '../../budgets/index.ts'
import { gatherChat } from '../../gateway/index.ts'
import { rateLimitExceeded } from '../../limits/index.ts'
import { rightsWithdrawn } from '../errors.ts'
import { answerJob, deliverJob, keptMs, type QueuedCallRef, type QueuedCalls } from '../queued-calls.ts'
import { retryAfterSeconds } from '../rules/retry-after-seconds.ts'
import { openCallSeal, type QueuedRequest, type QueuedResult } from '../sealed-calls.ts'
import { findQueuedCallForUpdate, type QueuedCallRow, updateQueuedCall, updateRunningCall } from '../store.ts'
import { recallCaller } from './recall-caller.ts'

/** Beginnings of one call: the queue begins it again after a kill, we do where it could not pass a limit. */
export const mostTries = 10

/**
 * Answers a queued call, as whoever sent it, and stores what the caller would have been told.
 *
 * waiting → running → completed | failed, and from waiting and running → cancelled. Invariants:
 * - It may come twice, one after the other or at once: the first outcome stands, and the call is charged once, because the
 *   usage record of its request id is written once. After a kill it is asked again under the same id.
 * - Where the server stopped in the middle, the record says so already: what is asked then is another call, under another id.
 * - One that is cancelled leaves its provider at once, and is settled at what was written by then.
 * - Only what was refused before anything was recorded (a limit, the ledger away) is waited out; what a provider or a budget
 *   refused is the outcome.
 */
export async function answerCall(
  queued: QueuedCalls,
  ref: QueuedCallRef,
  signal: AbortSignal,
): Promise<void> {
  const cancelled = queued.running.begin(ref)
  try {
    await answerUnless(cancelled.signal, queued, ref, signal)
  } finally {
    cancelled.end()
  }
}

async function answerUnless(
  cancelled: AbortSignal,
  queued: QueuedCalls,
  { organizationId, id }: QueuedCallRef,
  signal: AbortSignal,
): Promise<void> {
  const { platform } = queued
  const inTenant = <T>(work: (scope: Scope) => Promise<T>) =>
    withTenant(platform, systemCaller(organizationId, id), work)
  const begun = await inTenant((scope) => begin(queued, scope, id))
  if (!begun) return
  let result: QueuedResult
  let code: string | null = null
  try {
    result = await ask(queued, begun, AbortSignal.any([signal, cancelled]))
  } catch (error) {
    // It is cancelled in the database, and its provider was left; what it wrote is settled.
    if (cancelled.aborted) return
    const isLastTry = begun.row.tries >= mostTries
    if (signal.aborted && !isLastTry) {
      await inTenant(({ tx }) => updateRunningCall(tx, id, { status: 'waiting', requestId: newId() }))
      throw error
    }
    if (!(error instanceof AppError) && !isLastTry) throw error
    const known = error instanceof AppError ? error : internalError({ cause: error })
    if (passes(known) && !isLastTry) {
      const startAfterSeconds = retryAfterSeconds(begun.row.tries, known.headers)
      await inTenant(async (scope) => {
        if (await updateRunningCall(scope.tx, id, { status: 'waiting' }))
          await platform.jobs.send(scope, answerJob, { organizationId, id }, { startAfterSeconds })
      })
      return
    }
    if (known.status >= 500)
      platform.logger.warn({ err: error, queuedCallId: id }, 'a queued call ended with an error')
    code = known.code
    result = { status: known.status, body: openAiError(known) }
  }
  await inTenant((scope) => finish(queued, scope, id, result, code))
}

interface BegunCall {
  readonly row: QueuedCallRow
  readonly request: QueuedRequest
}

/** Undefined where there is nothing to do any more. */
async function begin({ platform }: QueuedCalls, scope: Scope, id: string): Promise<BegunCall | undefined> {
  const row = await findQueuedCallForUpdate(scope.tx, id)
  if (!row || (row.status !== 'waiting' && row.status !== 'running')) return undefined
  if (row.requestSealed === null || row.expiresAt <= scope.now) return undefined
  const tries = row.tries + 1
  await updateQueuedCall(scope.tx, id, {
    status: 'running',
    tries,
    startedAt: row.startedAt ?? scope.now,
  })
  const { open } = await openCallSeal(platform, scope)
  return { row: { ...row, tries }, request: open(id, 'request', row.requestSealed) }
}

async function ask(
  { platform, gateway, prompts }: QueuedCalls,
  { row, request }: BegunCall,
  signal: AbortSignal,
): Promise<QueuedResult> {
  const caller = await recallCaller(platform, row)
  if (!caller) throw rightsWithdrawn()
  const { requestId } = row
  const headers = new Headers(request.headers)
  const json = await gatherChat(gateway, prompts, {
    body: request.body,
    caller,
    headers,
    requestId,
    signal,
  })
  return { status: 200, body: json }
}

/** Whether it may be otherwise in a while, with nothing recorded so far. */
function passes({ code }: AppError): boolean {
  return code === rateLimitExceeded.code || code === spendingUnavailable.code
}

/** The answer takes the place of the question, and its receiver is told in a job of its own. */
async function finish(
  { platform }: QueuedCalls,
  scope: Scope,
  id: string,
  result: QueuedResult,
  errorCode: string | null,
): Promise<void> {
  const { tx, organizationId, now } = scope
  const row = await findQueuedCallForUpdate(tx, id)
  if (row?.status !== 'running') return
  const { seal } = await openCallSeal(platform, scope)
  await updateQueuedCall(tx, id, {
    status: errorCode === null ? 'completed' : 'failed',
    errorCode,
    requestSealed: null,
    resultSealed: seal(id, 'result', result),
    finishedAt: now,
    expiresAt: new Date(now.getTime() + keptMs),
  })
  if (row.webhookSealed !== null) await platform.jobs.send(scope, deliverJob, { organizationId, id })
}
