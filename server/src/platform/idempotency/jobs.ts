import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Database } from '../db/database.ts'
import { systemTx } from '../db/transactions.ts'
import { type AnyJob, defineJob } from '../jobs/job-queue.ts'
import { deleteExpiredKeys } from './store.ts'

/** Forgets the answers of repeated requests once nobody may ask for them any more. */
export function repeatJob(on: { database: Database; clock: Clock }): AnyJob {
  return defineJob({
    name: 'idempotency.delete-expired',
    payload: z.object({}),
    concurrency: 1,
    retryLimit: 2,
    expireInSeconds: 300,
    schedule: '41 * * * *',
    async handle() {
      await systemTx(on, 'repeat-request', (tx) => deleteExpiredKeys(tx, on.clock.now()))
    },
  })
}
