import { systemTx } from '../../../platform/db/transactions.ts'
import type { Platform } from '../../../platform/platform.ts'
import { deleteOldInvitations } from '../invitation-store.ts'
import { restorableSince } from '../rules/restore-window.ts'
import { deleteOrganizationRows, listErasableOrganizations } from '../store.ts'

/** At each look, so that one transaction after another is short. */
const batchSize = 20

/**
 * Erases for good what was deleted too long ago to be restored: files first, so that a process killed in between leaves
 * rows by which the next run finds the rest; the data keys go with the rows. Invitations that ran out long ago go too.
 */
export async function eraseOrganizations(platform: Platform, signal: AbortSignal): Promise<void> {
  const before = restorableSince(platform.clock.now())
  await systemTx(platform, 'operate', (tx) => deleteOldInvitations(tx, before))
  for (;;) {
    const ids = await systemTx(platform, 'operate', (tx) => listErasableOrganizations(tx, before, batchSize))
    if (ids.length === 0) return
    for (const id of ids) {
      signal.throwIfAborted()
      const files = await platform.storage.deletePrefix(`org/${id}/`)
      await systemTx(platform, 'operate', (tx) => deleteOrganizationRows(tx, id, before))
      platform.logger.info({ organizationId: id, files }, 'a deleted organization was erased')
    }
  }
}
