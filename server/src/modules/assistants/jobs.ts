import { z } from 'zod'
import { type AnyJob, defineJob } from '../../platform/jobs/job-queue.ts'
import { advanceRun } from './actions/advance-run.ts'
import { expireApprovals } from './actions/expire-approvals.ts'
import { wakeRun } from './actions/wake-run.ts'
import { type Assistants, advanceJob } from './assistants.ts'

const ref = z.object({ organizationId: z.uuid(), id: z.uuid() })

export function assistantJobs(assistants: Assistants): AnyJob[] {
  return [
    defineJob({
      ...advanceJob,
      payload: ref,
      // They wait for models, not for this machine.
      concurrency: 8,
      retryLimit: 10,
      // A run that takes longer is put down after its step, and taken up by the next try.
      expireInSeconds: 1_800,
      handle: (payload, { signal }) => advanceRun(assistants, payload, signal),
    }),
    defineJob({
      name: 'assistants.wake-run',
      payload: ref,
      concurrency: 2,
      retryLimit: 5,
      expireInSeconds: 60,
      handle: (payload) => wakeRun(assistants, payload),
    }),
    defineJob({
      name: 'assistants.expire-approvals',
      payload: z.object({}),
      concurrency: 1,
      retryLimit: 2,
      expireInSeconds: 300,
      schedule: '* * * * *',
      handle: () => expireApprovals(assistants),
    }),
  ]
}
