import { z } from 'zod'
import { type AnyJob, defineJob } from '../../platform/jobs/job-queue.ts'
import type { Platform } from '../../platform/platform.ts'
import { closeBooks } from './actions/close-books.ts'

export function ledgerJobs(platform: Platform): AnyJob[] {
  return [
    defineJob({
      name: 'ledger.close-books',
      payload: z.object({}),
      concurrency: 1,
      retryLimit: 2,
      expireInSeconds: 3_600,
      // Each hour: a server that was off at one o'clock closes the day when it is back.
      schedule: '7 * * * *',
      async handle(_payload, { signal }) {
        await closeBooks(platform, signal)
      },
    }),
  ]
}
