import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { AppError } from '../../../platform/errors.ts'
import { publishEvent } from '../../../platform/events/publish-event.ts'
import { parseDocument } from '../adapters/parser-process.ts'
import { Abandoned, type Change, change } from '../claimed-document.ts'
import { fileGone, ingestFailed } from '../errors.ts'
import { ingestCaller, type Knowledge, readingFolder } from '../knowledge.ts'
import { pageFileName } from '../rules/name-page.ts'
import type { ParsedDocument } from '../rules/parsed-document.ts'
import { claimDocument, type DocumentRow, deletePassages, updateClaimedDocument } from '../store.ts'
import { storePassages } from './store-passages.ts'

/**
 * Reads one document: queued → parsing → embedding → ready, or failed with the reason.
 *
 * Invariants: one node has a document at a time (`claimDocument`); its passages become visible to search all at once,
 * by the status; every write checks that the document is still this node's, so that one deleted or taken over
 * meanwhile is left alone; a stop puts it back in the queue.
 */
/** Tries after the first, when reading fails for a reason that is not the document's. */
export const ingestRetries = 3
const progressEveryMs = 300

export async function ingestDocument(
  knowledge: Knowledge,
  target: { organizationId: string; documentId: string },
  signal: AbortSignal,
): Promise<void> {
  const { platform } = knowledge
  const caller = ingestCaller(target.organizationId, null)
  const claimed = await withTenant(platform, caller, (scope) =>
    claimDocument(scope.tx, target.documentId, platform.nodeId, scope.now),
  )
  if (!claimed) return
  // Who uploaded it pays, but may not see its collection any more: what is written is written by the organization.
  const payer = ingestCaller(target.organizationId, claimed.createdBy)
  try {
    const parsed = await readFile(knowledge, caller, claimed, signal)
    await storePassages(knowledge, caller, payer, claimed, parsed, signal)
  } catch (error) {
    if (error instanceof Abandoned) return
    const ours = !(error instanceof AppError) || error.status >= 500
    if (signal.aborted || (ours && claimed.attempts <= ingestRetries)) {
      // Not the document's fault: back into the queue, and the job is tried again.
      await release(knowledge, caller, claimed)
      throw error
    }
    if (ours) platform.logger.error({ err: error, documentId: claimed.id }, 'reading a document was given up')
    await fail(knowledge, caller, claimed, error instanceof AppError ? error : ingestFailed({ cause: error }))
  }
}

async function readFile(
  knowledge: Knowledge,
  caller: Caller,
  document: DocumentRow,
  signal: AbortSignal,
): Promise<ParsedDocument> {
  const { platform } = knowledge
  const parent = path.join(readingFolder(platform.config), platform.nodeId)
  await mkdir(parent, { recursive: true, mode: 0o700 })
  const folder = await mkdtemp(path.join(parent, 'document-'))
  try {
    const file = path.join(folder, 'document')
    const stored = await platform.storage.get(document.storageKey)
    if (!stored) throw fileGone()
    await pipeline(Readable.fromWeb(stored.stream), createWriteStream(file), { signal })
    const report = createReporter(knowledge, caller, document.id)
    const parsed = await parseDocument({
      path: file,
      fileName:
        document.sourceUrl === null ? document.name : pageFileName(document.sourceUrl, document.mediaType),
      isFromWeb: document.sourceUrl !== null,
      declaredMediaType: document.mediaType,
      limits: { pageLimit: platform.config.FREEHOLD_MAX_PAGES },
      onProgress: ({ done, total }) => report({ progressDone: done, progressTotal: total }),
      signal,
    })
    await report.end()
    return parsed
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Writes progress at most every 300 ms, one write at a time; losing one costs nothing. */
function createReporter(knowledge: Knowledge, caller: Caller, id: string) {
  let writing: Promise<void> | undefined
  let lastMs = 0
  const report = (to: Change) => {
    const nowMs = performance.now()
    if (writing || nowMs - lastMs < progressEveryMs) return
    lastMs = nowMs
    writing = change(knowledge, caller, id, to)
      // An abandoned document is noticed by the next write that matters.
      .catch(() => undefined)
      .finally(() => {
        writing = undefined
      })
  }
  return Object.assign(report, {
    async end() {
      await writing
    },
  })
}

async function release(knowledge: Knowledge, caller: Caller, document: DocumentRow): Promise<void> {
  const { platform } = knowledge
  await withTenant(platform, caller, (scope) =>
    updateClaimedDocument(scope.tx, document.id, platform.nodeId, {
      status: 'queued',
      nodeId: null,
      updatedAt: scope.now,
    }),
  )
}

async function fail(
  knowledge: Knowledge,
  caller: Caller,
  document: DocumentRow,
  error: AppError,
): Promise<void> {
  const { platform } = knowledge
  const { page } = error.details
  await withTenant(platform, caller, async (scope) => {
    await deletePassages(scope.tx, document.id)
    await updateClaimedDocument(scope.tx, document.id, platform.nodeId, {
      status: 'failed',
      nodeId: null,
      passageCount: 0,
      warnings: [],
      failureCode: error.code,
      failureMessage: error.message,
      failurePage: typeof page === 'number' ? page : null,
      updatedAt: scope.now,
    })
    await publishEvent(scope, {
      type: 'document.failed',
      data: { documentId: document.id, code: error.code },
    })
  })
}
