import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { sqlState } from '../../../platform/db/transactions.ts'
import { newId } from '../../../platform/ids.ts'
import type { JobQueue } from '../../../platform/jobs/job-queue.ts'
import {
  isCollectionNameTaken,
  replaceReaders,
  requeueDocuments,
  updateCollection,
} from '../collection-store.ts'
import type { CollectionReaders } from '../contract.ts'
import {
  collectionLocksYouOut,
  collectionNameTaken,
  collectionNotFound,
  collectionOverlapTooLarge,
  collectionReaderUnknown,
  defaultCollectionOpen,
} from '../errors.ts'
import { ingestJob } from '../jobs.ts'
import { defaultCollectionName } from '../knowledge.ts'
import { type CollectionRow, findCollection } from '../store.ts'
import { freshReading } from './retry-document.ts'

export interface CollectionChange {
  name?: string | undefined
  targetTokens?: number | undefined
  overlapTokens?: number | undefined
  access?: 'organization' | 'restricted' | undefined
  readers?: CollectionReaders | undefined
}

const foreignKeyViolation = '23503'

/**
 * Changes a collection. Who reads it is an administrator's to decide; a new size of passages sets its documents to be
 * read anew, which embeds what is cut differently.
 * @throws collection_not_found (404), collection_name_taken (409), default_collection_open, collection_locks_you_out,
 *   collection_overlap_too_large, collection_reader_unknown (422)
 */
export async function changeCollection(
  scope: Scope,
  jobs: JobQueue,
  id: string,
  to: CollectionChange,
): Promise<CollectionRow> {
  const { tx, caller, organizationId } = scope
  requirePermission(caller, 'write:documents')
  if (to.access !== undefined || to.readers !== undefined) requirePermission(caller, 'manage:users')
  const before = await findCollection(tx, id)
  if (!before) throw collectionNotFound()
  const { readers, ...given } = to
  const named = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const next: CollectionRow = { ...before, ...named }
  if (next.name === defaultCollectionName && next.access === 'restricted') throw defaultCollectionOpen()
  if (next.overlapTokens > next.targetTokens / 2) throw collectionOverlapTooLarge()
  if (await isCollectionNameTaken(tx, next.name, id)) throw collectionNameTaken()
  if (readers !== undefined) await saveReaders(scope, id, readers)
  const { name, targetTokens, overlapTokens, access } = next
  await updateCollection(tx, id, { name, targetTokens, overlapTokens, access })
  // By the same rule that all reading goes by, of which the new settings are part by now.
  const row = await findCollection(tx, id)
  if (!row) throw collectionLocksYouOut()
  await recordAudit(scope, {
    action: 'collection.change',
    entity: { type: 'collection', id },
    changes: { name, targetTokens, overlapTokens, access, ...(readers && { readers }) },
  })
  if (before.targetTokens !== targetTokens || before.overlapTokens !== overlapTokens) {
    const queued = await requeueDocuments(tx, id, { ...freshReading, updatedAt: scope.now })
    for (const documentId of queued) await jobs.send(scope, ingestJob, { organizationId, documentId })
  }
  return row
}

async function saveReaders(
  { tx, organizationId }: Scope,
  collectionId: string,
  readers: CollectionReaders,
): Promise<void> {
  const place = () => ({ organizationId, id: newId(), collectionId })
  try {
    await replaceReaders(tx, collectionId, [
      ...[...new Set(readers.roles)].map((role) => ({ ...place(), role })),
      ...[...new Set(readers.customRoleIds)].map((customRoleId) => ({ ...place(), customRoleId })),
      ...[...new Set(readers.userIds)].map((userId) => ({ ...place(), userId })),
    ])
  } catch (error) {
    if (sqlState(error) === foreignKeyViolation) throw collectionReaderUnknown()
    throw error
  }
}
