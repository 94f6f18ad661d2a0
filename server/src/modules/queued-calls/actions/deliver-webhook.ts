import { type Scope, systemCaller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { AppError } from '../../../platform/errors.ts'
import { fetchRefused } from '../../../platform/fetch/index.ts'
import type { Platform } from '../../../platform/platform.ts'
import { presentQueuedCall } from '../present.ts'
import type { QueuedCallRef } from '../queued-calls.ts'
import { openCallSeal } from '../sealed-calls.ts'
import { findQueuedCall, type QueuedCallRow, updateQueuedCall } from '../store.ts'
import { openWebhookSecrets, signWebhook } from '../webhook-signature.ts'

/** Tries after the first, each later than the one before: the last comes about half an hour after the first. */
export const deliveryRetries = 10

const gone = 410

/**
 * Tells a receiver that its call has ended, with the answer. What is not taken is thrown, for the queue to come again.
 * @throws Error when the receiver did not take it and another try is left
 */
export async function deliverWebhook(
  platform: Platform,
  { organizationId, id }: QueuedCallRef,
  signal: AbortSignal,
): Promise<void> {
  const inTenant = <T>(work: (scope: Scope) => Promise<T>) =>
    withTenant(platform, systemCaller(organizationId, id), work)
  const message = await inTenant((scope) => readMessage(platform, scope, id))
  if (!message) return
  const { row, url, body, secrets } = message
  const at = platform.clock.now()
  const tries = row.webhookTries + 1
  const answer = await send(platform, url, signWebhook({ id, at, body }, secrets), body, signal)
  signal.throwIfAborted()
  const isLast = tries > deliveryRetries
  const status = statusAfter(answer, isLast)
  await inTenant(({ tx }) =>
    updateQueuedCall(tx, id, {
      webhookStatus: status,
      webhookTries: tries,
      webhookAnswer: answer.status,
      webhookAt: at,
      // It is not needed any more.
      ...(status === 'waiting' ? {} : { webhookSealed: null }),
    }),
  )
  if (status === 'waiting')
    throw new Error(`The webhook of the queued call ${id} was not taken: ${answer.status ?? answer.code}.`)
}

interface Message {
  readonly row: QueuedCallRow
  readonly url: string
  readonly body: string
  readonly secrets: readonly string[]
}

/** Undefined where there is nothing to tell, or nobody to tell it to. */
async function readMessage(platform: Platform, scope: Scope, id: string): Promise<Message | undefined> {
  const row = await findQueuedCall(scope.tx, id)
  if (!row || row.webhookSealed === null || row.resultSealed === null || row.finishedAt === null)
    return undefined
  if (row.webhookStatus !== 'waiting') return undefined
  const { open } = await openCallSeal(platform, scope)
  // Of its own delivery a receiver needs to know nothing, and each try is to say the same.
  const { webhook: _, ...data } = presentQueuedCall(row, open(id, 'result', row.resultSealed))
  const body = { type: `queued_call.${row.status}`, timestamp: row.finishedAt.toISOString(), data }
  return {
    row,
    url: open(id, 'webhook', row.webhookSealed),
    body: JSON.stringify(body),
    secrets: await openWebhookSecrets(platform, scope),
  }
}

type Answer = { status: number; code: null } | { status: null; code: string }

async function send(
  platform: Platform,
  url: string,
  signature: Record<string, string>,
  body: string,
  signal: AbortSignal,
): Promise<Answer> {
  try {
    const response = await platform.fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'Freehold', ...signature },
      body,
      redirect: 'manual',
      signal,
    })
    await response.body?.cancel()
    return { status: response.status, code: null }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return { status: null, code: error.code }
  }
}

function statusAfter(
  { status, code }: Answer,
  isLast: boolean,
): 'waiting' | 'delivered' | 'failed' | 'stopped' {
  if (status !== null && status >= 200 && status < 300) return 'delivered'
  // Asking again would find the same.
  if (status === gone || code === fetchRefused.code) return 'stopped'
  return isLast ? 'failed' : 'waiting'
}
