import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import type { JobQueue } from '../../../platform/jobs/job-queue.ts'
import { documentBusy, documentNotFound } from '../errors.ts'
import { ingestJob } from '../jobs.ts'
import { type DocumentRow, findDocument, updateDocument } from '../store.ts'

/** What a document is set to when it is to be read once more. */
export const freshReading = {
  status: 'queued',
  nodeId: null,
  attempts: 0,
  failureCode: null,
  failureMessage: null,
  failurePage: null,
  progressDone: 0,
  progressTotal: null,
  progressUnit: 'pages',
} as const

/** Reads a failed or finished document once more. @throws document_not_found (404), document_busy (409) */
export async function retryDocument(scope: Scope, jobs: JobQueue, id: string): Promise<DocumentRow> {
  requirePermission(scope.caller, 'write:documents')
  const found = await findDocument(scope.tx, id)
  if (!found) throw documentNotFound()
  if (found.status !== 'failed' && found.status !== 'ready') throw documentBusy()
  const row = await updateDocument(scope.tx, id, { ...freshReading, updatedAt: scope.now })
  if (!row) throw documentNotFound()
  await jobs.send(scope, ingestJob, { organizationId: scope.organizationId, documentId: id })
  await recordAudit(scope, { action: 'document.retry', entity: { type: 'document', id } })
  return row
}
