import { systemCaller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { listApprovalsOfRun } from '../approval-store.ts'
import { type Assistants, advanceJob, type RunRef } from '../assistants.ts'
import { findRunForUpdate, updateRun } from '../run-store.ts'

/** Lets a waiting run go on once nothing of it waits for a decision any more. */
export async function wakeRun({ platform }: Assistants, ref: RunRef): Promise<void> {
  await withTenant(platform, systemCaller(ref.organizationId, ref.id), async (scope) => {
    const run = await findRunForUpdate(scope.tx, ref.id)
    if (run?.state !== 'waiting') return
    if ((await listApprovalsOfRun(scope.tx, ref.id)).some(({ state }) => state === 'waiting')) return
    await updateRun(scope.tx, ref.id, { state: 'queued' })
    await platform.jobs.send(scope, advanceJob, ref)
  })
}
