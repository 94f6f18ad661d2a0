import { z } from 'zod'
import { type AnyJob, defineJob } from '../../platform/jobs/job-queue.ts'
import type { Platform } from '../../platform/platform.ts'
import { type EraseTraces, eraseOrganizations } from './actions/erase-organizations.ts'

export function organizationJobs(platform: Platform, eraseTraces: EraseTraces): AnyJob[] {
  return [
    defineJob({
      name: 'organizations.erase-deleted',
      payload: z.object({}),
      concurrency: 1,
      retryLimit: 5,
      expireInSeconds: 3_600,
      schedule: '43 3 * * *',
      async handle(_payload, { signal }) {
        await eraseOrganizations(platform, eraseTraces, signal)
      },
    }),
  ]
}
