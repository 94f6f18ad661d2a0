import { z } from 'zod'
import { systemTx } from '../../platform/db/transactions.ts'
import { type AnyJob, defineJob } from '../../platform/jobs/job-queue.ts'
import type { Platform } from '../../platform/platform.ts'
import { deleteExpiredChanges } from './address-change-store.ts'
import { deleteForgottenDevices } from './known-devices.ts'
import { deleteExpired } from './store.ts'

export function identityJobs(platform: Platform): AnyJob[] {
  return [
    defineJob({
      name: 'identity.delete-expired',
      payload: z.object({}),
      concurrency: 1,
      retryLimit: 2,
      expireInSeconds: 300,
      schedule: '17 3 * * *',
      async handle() {
        const now = platform.clock.now()
        const deleted = await systemTx(platform, 'operate', async (tx) => {
          return (
            (await deleteExpired(tx, now)) +
            (await deleteForgottenDevices(tx, now)) +
            (await deleteExpiredChanges(tx, now))
          )
        })
        platform.logger.info({ deleted }, 'expired sessions and tokens were deleted')
      },
    }),
  ]
}
