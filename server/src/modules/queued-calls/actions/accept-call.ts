import { requirePermission } from '../../../platform/auth/permissions.ts'
import { type CountLimit, requireRoom } from '../../../platform/db/require-room.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { validationFailed } from '../../../platform/errors.ts'
import { fetchRefused, requireFetchable } from '../../../platform/fetch/index.ts'
import type { Platform } from '../../../platform/platform.ts'
import { readCallTag, type SentChat } from '../../gateway/index.ts'
import { projectHeader } from '../../projects/index.ts'
import { webhookSecretMissing } from '../errors.ts'
import { answerJob, keptMs, type QueuedCalls } from '../queued-calls.ts'
import { openCallSeal } from '../sealed-calls.ts'
import { countUnfinishedCalls, insertQueuedCall } from '../store.ts'
import { listWebhookSecrets } from '../webhook-secret-store.ts'

export const waitingLimit: CountLimit = {
  name: 'queued_calls',
  most: 1_000,
  message:
    'An organization may have 1,000 calls waiting for their answers. Send more once some of them are answered.',
}

/** What of the headers changes the answer, or where the call counts. */
const keptHeaders = ['x-freehold-tag', 'x-freehold-cache', projectHeader]
const webhookHeader = 'x-freehold-webhook'

/**
 * Stores a call, sealed, and sends the job that answers it, in one transaction. Nothing of what it costs is looked at
 * before it runs.
 * @returns the id it is known by, that of the request
 * @throws validation_failed (400), limit_reached (409), webhook_secret_missing (409), fetch.refused (422)
 */
export async function acceptCall(
  { platform, gateway }: QueuedCalls,
  { body, caller, headers, requestId: id }: Omit<SentChat, 'signal'>,
): Promise<string> {
  requirePermission(caller, 'use:models')
  if (body.stream === true) {
    const message = 'must not be true for an answer that is fetched later'
    throw validationFailed({
      message: `body field "stream" ${message}.`,
      details: { problems: [{ in: 'body', field: 'stream', message }] },
    })
  }
  readCallTag(headers, body.metadata)
  await gateway.projects.callerFor(caller, headers)
  const webhook = headers.get(webhookHeader)
  if (webhook !== null) requireAddress(platform, webhook)
  const kept = keptHeaders.flatMap((name) => {
    const value = headers.get(name)
    return value === null ? [] : [[name, value]]
  })
  await withTenant(platform, caller, async (scope) => {
    const { tx, organizationId, now } = scope
    await requireRoom(tx, waitingLimit, organizationId, () => countUnfinishedCalls(tx))
    if (webhook !== null && (await listWebhookSecrets(tx, now)).length === 0) throw webhookSecretMissing()
    const { seal } = await openCallSeal(platform, scope)
    const { userId, apiKeyId, serviceAccountId } = caller
    await insertQueuedCall(tx, {
      organizationId,
      id,
      userId,
      apiKeyId,
      serviceAccountId,
      requestId: id,
      status: 'waiting',
      requestSealed: seal(id, 'request', { body, headers: Object.fromEntries(kept) }),
      ...(webhook === null
        ? {}
        : { webhookSealed: seal(id, 'webhook', webhook), webhookStatus: 'waiting' as const }),
      createdAt: now,
      expiresAt: new Date(now.getTime() + keptMs),
    })
    await platform.jobs.send(scope, answerJob, { organizationId, id })
  })
  return id
}

/** @throws fetch.refused (422) */
function requireAddress(platform: Platform, webhook: string): void {
  const url = requireFetchable(webhook)
  // What is served without TLS itself is being tried out.
  if (url.protocol !== 'https:' && platform.publicUrl().startsWith('https:'))
    throw fetchRefused({ message: 'A webhook needs https: answers are sent to it.' })
}
