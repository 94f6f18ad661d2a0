import { systemCaller } from '../../../platform/context.ts'
import { systemTx, withTenant } from '../../../platform/db/transactions.ts'
import { type Assistants, advanceJob } from '../assistants.ts'
import { findRunForUpdate, listLeftRuns, updateRun } from '../run-store.ts'

/** Sends the runs of processes that are gone on their way again, from their last step. */
export async function recoverRuns({ platform }: Assistants, aliveNodeIds: readonly string[]): Promise<void> {
  const left = await systemTx(platform, 'recover-after-restart', (tx) => listLeftRuns(tx, aliveNodeIds))
  for (const ref of left) {
    await withTenant(platform, systemCaller(ref.organizationId, ref.id), async (scope) => {
      const run = await findRunForUpdate(scope.tx, ref.id)
      const isLeft = run?.state === 'running' && !aliveNodeIds.includes(run.leaseId ?? '')
      if (!isLeft) return
      await updateRun(scope.tx, ref.id, { state: 'queued', leaseId: null, leaseUntil: null })
      await platform.jobs.send(scope, advanceJob, ref)
    })
  }
}
