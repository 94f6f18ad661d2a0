import { z } from 'zod'
import { systemTx } from '../../platform/db/transactions.ts'
import { type AnyJob, defineJob } from '../../platform/jobs/job-queue.ts'
import type { Platform } from '../../platform/platform.ts'
import { deleteExpiredResponses } from './responses-store.ts'

export function gatewayJobs(platform: Platform): AnyJob[] {
  return [
    defineJob({
      name: 'gateway.delete-expired-responses',
      payload: z.object({}),
      concurrency: 1,
      retryLimit: 2,
      expireInSeconds: 300,
      schedule: '29 3 * * *',
      async handle() {
        const now = platform.clock.now()
        const deleted = await systemTx(platform, 'operate', (tx) => deleteExpiredResponses(tx, now))
        platform.logger.info({ deleted }, 'stored responses that ran out were deleted')
      },
    }),
  ]
}
