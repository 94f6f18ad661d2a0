import { z } from 'zod'
import { systemTx } from '../../platform/db/transactions.ts'
import { type AnyJob, defineJob } from '../../platform/jobs/job-queue.ts'
import { answerCall, mostTries } from './actions/answer-call.ts'
import { deliverWebhook, deliveryRetries } from './actions/deliver-webhook.ts'
import { answerJob, deliverJob, type QueuedCalls } from './queued-calls.ts'
import { deleteExpiredCalls, emptyExpiredCalls } from './store.ts'
import { deleteEndedSecrets } from './webhook-secret-store.ts'

const ref = z.object({ organizationId: z.uuid(), id: z.uuid() })
/** For so long a call that ran out is remembered, so that its caller is told that it did. */
const rememberedMs = 30 * 86_400_000

export function queuedCallJobs(queued: QueuedCalls): AnyJob[] {
  const { platform } = queued
  return [
    defineJob({
      ...answerJob,
      payload: ref,
      // They wait for models, not for this machine.
      concurrency: 8,
      retryLimit: mostTries,
      // Longer than any provider may take.
      expireInSeconds: 720,
      handle: (payload, { signal }) => answerCall(queued, payload, signal),
    }),
    defineJob({
      ...deliverJob,
      payload: ref,
      concurrency: 4,
      retryLimit: deliveryRetries,
      expireInSeconds: 60,
      handle: (payload, { signal }) => deliverWebhook(platform, payload, signal),
    }),
    defineJob({
      name: 'queued-calls.delete-expired',
      payload: z.object({}),
      concurrency: 1,
      retryLimit: 2,
      expireInSeconds: 300,
      schedule: '17 * * * *',
      async handle() {
        const now = platform.clock.now()
        const [emptied, deleted] = await systemTx(platform, 'operate', async (tx) => {
          await deleteEndedSecrets(tx, now)
          const before = new Date(now.getTime() - rememberedMs)
          return [await emptyExpiredCalls(tx, now), await deleteExpiredCalls(tx, before)]
        })
        platform.logger.info({ emptied, deleted }, 'queued calls that ran out were thrown away')
      },
    }),
  ]
}
