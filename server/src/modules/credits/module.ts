import { z } from 'zod'
import { defineJob } from '../../platform/jobs/job-queue.ts'
import type { FreeholdModule } from '../../platform/module.ts'
import type { Platform } from '../../platform/platform.ts'
import type { SpendingGate } from '../budgets/index.ts'
import { expireCredits } from './actions/expire-credits.ts'
import { creditData } from './personal-data.ts'
import { creditRoutes } from './routes.ts'

/** @param gate handed in by the app, for calls stand after budgets in the order of modules */
export function creditsModule(platform: Platform, gate: SpendingGate): FreeholdModule {
  return {
    name: 'credits',
    routes: creditRoutes(platform, gate),
    jobs: [
      defineJob({
        name: 'credits.expire',
        payload: z.object({}),
        concurrency: 1,
        retryLimit: 2,
        expireInSeconds: 300,
        schedule: '* * * * *',
        handle: () => expireCredits(platform, gate),
      }),
    ],
    personalData: [creditData],
  }
}
