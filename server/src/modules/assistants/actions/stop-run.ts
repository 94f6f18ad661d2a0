import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { type Assistants, nudge, stopChannel } from '../assistants.ts'
import { runNotFound } from '../errors.ts'
import { presentRun } from '../present.ts'
import { findRunForUpdate, ownRuns, updateRun } from '../run-store.ts'
import { openRunSeal } from '../sealed-runs.ts'
import { end } from './advance-run.ts'

/** Ends a run of the caller's own: at once where it waits, else as soon as its step is broken off. One that has ended stays as it is. */
export async function stopRun(assistants: Assistants, caller: Caller, id: string) {
  requirePermission(caller, 'use:assistants')
  const { platform } = assistants
  const stopped = await withTenant(platform, caller, async (scope) => {
    const { tx } = scope
    const row = await findRunForUpdate(tx, id, ownRuns(caller))
    if (!row) throw runNotFound()
    if (row.finishedAt === null) {
      await updateRun(tx, id, { stopRequested: true })
      if (row.state !== 'running') await end(scope, id, { state: 'stopped' })
      await recordAudit(scope, { action: 'assistant_run.stop', entity: { type: 'assistant_run', id } })
    }
    const now = await findRunForUpdate(tx, id)
    return presentRun(now ?? row, await openRunSeal(platform, scope))
  })
  await platform.pubSub.publish(stopChannel, id)
  await nudge(assistants, id)
  return stopped
}
