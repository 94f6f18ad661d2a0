import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { systemTx, withTenant } from '../../../platform/db/transactions.ts'
import { ingestInterrupted } from '../errors.ts'
import { ingestJob } from '../jobs.ts'
import { ingestCaller, type Knowledge, readingFolder } from '../knowledge.ts'
import { findDocument, listOrphanedDocuments, updateDocument } from '../store.ts'

const mostAttempts = 3

/** Documents that a killed process was reading are read again; one that has cost three processes fails and says so. */
export async function recoverDocuments(knowledge: Knowledge, aliveNodeIds: readonly string[]): Promise<void> {
  const { platform } = knowledge
  await removeLeftCopies(readingFolder(platform.config), [...aliveNodeIds, platform.nodeId])
  const orphans = await systemTx(platform, 'recover-after-restart', (tx) =>
    listOrphanedDocuments(tx, aliveNodeIds),
  )
  for (const orphan of orphans) {
    await withTenant(platform, ingestCaller(orphan.organizationId, null), async (scope) => {
      const found = await findDocument(scope.tx, orphan.id)
      const unfinished = found?.status === 'parsing' || found?.status === 'embedding'
      if (!found || !unfinished || (found.nodeId && aliveNodeIds.includes(found.nodeId))) return
      if (found.attempts >= mostAttempts) {
        await updateDocument(scope.tx, found.id, {
          status: 'failed',
          nodeId: null,
          failureCode: ingestInterrupted.code,
          failureMessage: ingestInterrupted.message,
          updatedAt: scope.now,
        })
        return
      }
      await updateDocument(scope.tx, found.id, { status: 'queued', nodeId: null, updatedAt: scope.now })
      await platform.jobs.send(scope, ingestJob, {
        organizationId: scope.organizationId,
        documentId: found.id,
      })
    })
  }
}

/** Copies of documents that a killed process left on this machine's disk. */
async function removeLeftCopies(folder: string, aliveNodeIds: readonly string[]): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    if (!aliveNodeIds.includes(name)) await rm(path.join(folder, name), { recursive: true, force: true })
  }
}
