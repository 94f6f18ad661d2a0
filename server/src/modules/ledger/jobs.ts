import { z } from 'zod'
import { type AnyJob, defineJob } from '../../platform/jobs/job-queue.ts'
import type { Platform } from '../../platform/platform.ts'
import { adjustUsage, type SettleAdjustments } from './actions/adjust-usage.ts'
import { adjustUsageJob } from './actions/begin-correction.ts'
import { closeBooks } from './actions/close-books.ts'
import { compareCosts } from './actions/compare-costs.ts'

/** @param settle handed in by the app, for budgets stand after the ledger in the order of modules */
export function ledgerJobs(platform: Platform, settle: SettleAdjustments): AnyJob[] {
  return [
    defineJob({
      name: adjustUsageJob.name,
      payload: z.object({ correctionId: z.uuid() }),
      concurrency: 1,
      retryLimit: 5,
      expireInSeconds: 3_600,
      handle: ({ correctionId }, { signal }) => adjustUsage(platform, settle, correctionId, signal),
    }),
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
    defineJob({
      name: 'ledger.compare-costs',
      payload: z.object({}),
      concurrency: 1,
      retryLimit: 2,
      expireInSeconds: 3_600,
      schedule: '53 3 * * *',
      handle: () => compareCosts(platform),
    }),
  ]
}
