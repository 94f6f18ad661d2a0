import { systemCaller } from '../../../platform/context.ts'
import { systemTx, withTenant } from '../../../platform/db/transactions.ts'
import { listOverdueApprovals, updateWaitingApproval } from '../approval-store.ts'
import type { Assistants } from '../assistants.ts'
import { wakeRun } from './wake-run.ts'

/** Ends the waiting of what nobody decided in time; its run goes on, and is told so. */
export async function expireApprovals(assistants: Assistants): Promise<void> {
  const { platform } = assistants
  const overdue = await systemTx(platform, 'operate', (tx) => listOverdueApprovals(tx, platform.clock.now()))
  for (const { organizationId, id, runId } of overdue) {
    await withTenant(platform, systemCaller(organizationId, runId), ({ tx, now }) =>
      updateWaitingApproval(tx, id, { state: 'expired', decidedAt: now }),
    )
    await wakeRun(assistants, { organizationId, id: runId })
  }
}
