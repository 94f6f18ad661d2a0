import { systemTx } from '../../../platform/db/transactions.ts'
import type { SystemTx } from '../../../platform/db/types.ts'
import { deleteMailsBefore } from '../../../platform/mail/index.ts'
import type { Platform } from '../../../platform/platform.ts'
import { deleteOldInvitations } from '../invitation-store.ts'
import { restorableSince } from '../rules/restore-window.ts'
import { deleteOrganizationRows, listErasableOrganizations, lockErasableOrganization } from '../store.ts'

/** At each look, so that one transaction after another is short. */
const batchSize = 20

/** Removes what no foreign key takes along, in the transaction that removes the organization: handed in by the app. */
export type EraseTraces = (tx: SystemTx, organizationId: string, now: Date) => Promise<void>

/**
 * Erases for good what was deleted too long ago to be restored: files first, so that a process killed in between leaves
 * rows by which the next run finds the rest; the data keys go with the rows. Invitations that ran out and letters that
 * were sent as long ago go too.
 */
export async function eraseOrganizations(
  platform: Platform,
  eraseTraces: EraseTraces,
  signal: AbortSignal,
): Promise<void> {
  const before = restorableSince(platform.clock.now())
  await systemTx(platform, 'operate', async (tx) => {
    await deleteOldInvitations(tx, before)
    await deleteMailsBefore(tx, before)
  })
  for (;;) {
    const ids = await systemTx(platform, 'operate', (tx) => listErasableOrganizations(tx, before, batchSize))
    if (ids.length === 0) return
    for (const id of ids) {
      signal.throwIfAborted()
      const files = await platform.storage.deletePrefix(`org/${id}/`)
      await systemTx(platform, 'operate', async (tx) => {
        if (!(await lockErasableOrganization(tx, id, before))) return
        await eraseTraces(tx, id, platform.clock.now())
        await deleteOrganizationRows(tx, id)
      })
      platform.logger.info({ organizationId: id, files }, 'a deleted organization was erased')
    }
  }
}
