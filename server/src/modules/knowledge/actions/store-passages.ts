import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { publishEvent } from '../../../platform/events/publish-event.ts'
import { newId } from '../../../platform/ids.ts'
import { Abandoned, change } from '../claimed-document.ts'
import { hashPassage } from '../hash-passage.ts'
import type { Knowledge } from '../knowledge.ts'
import { deletePassagesById, listStoredPassages, movePassages } from '../passage-store.ts'
import { chunkDocument } from '../rules/chunk-document.ts'
import type { ParsedDocument } from '../rules/parsed-document.ts'
import { planPassages } from '../rules/plan-passages.ts'
import { textToEmbed } from '../rules/text-to-embed.ts'
import { type DocumentRow, findCollection, insertPassages, updateClaimedDocument } from '../store.ts'

const embedBatch = 16
/** The embedded database writes on the thread that answers requests: sixteen vectors at once held it for 60 ms. */
const insertBatch = 4
const moveBatch = 200

/**
 * Cuts a document into passages by its collection's settings and stores them; a passage whose text it had before keeps
 * its id and its vector, and only what is new is embedded.
 * @param caller the organization itself, which sees every collection
 * @param payer on whose account the embedding goes
 */
export async function storePassages(
  knowledge: Knowledge,
  caller: Caller,
  payer: Caller,
  document: DocumentRow,
  parsed: ParsedDocument,
  signal: AbortSignal,
): Promise<void> {
  const { platform } = knowledge
  const { collection, stored } = await withTenant(platform, caller, async ({ tx }) => ({
    collection: await findCollection(tx, document.collectionId),
    stored: await listStoredPassages(tx, document.id),
  }))
  if (!collection) throw new Abandoned()
  const chunks = chunkDocument(parsed, {
    targetTokens: collection.targetTokens,
    overlapTokens: collection.overlapTokens,
  })
  const { kept, fresh, gone } = planPassages(chunks, stored, knowledge.embeddingSpace(), hashPassage)
  await change(knowledge, caller, document.id, {
    status: 'embedding',
    mediaType: parsed.mediaType,
    pageCount: parsed.pageCount,
    language: parsed.language,
    warnings: parsed.warnings,
    ...(parsed.title === null ? {} : { name: parsed.title }),
    progressDone: kept.length,
    progressTotal: chunks.length,
    progressUnit: 'passages',
  })
  await withTenant(platform, caller, async ({ tx }) => {
    await deletePassagesById(tx, document.id, gone)
    for (let first = 0; first < kept.length; first += moveBatch) {
      await movePassages(tx, document.id, kept.slice(first, first + moveBatch))
      await nextTurn()
    }
  })
  for (let done = 0; done < fresh.length; done += embedBatch) {
    signal.throwIfAborted()
    const batch = fresh.slice(done, done + embedBatch)
    const texts = batch.map(({ chunk }) => textToEmbed(chunk))
    const { space, vectors } = await knowledge.embed(payer, texts, signal)
    await withTenant(platform, caller, async (scope) => {
      const progressDone = kept.length + done + batch.length
      const mine = await updateClaimedDocument(scope.tx, document.id, platform.nodeId, { progressDone })
      if (!mine) throw new Abandoned()
      const rows = batch.map(({ chunk, textHash }, index) => ({
        organizationId: scope.organizationId,
        id: newId(),
        documentId: document.id,
        ordinal: chunk.ordinal,
        text: chunk.text,
        page: chunk.page,
        heading: chunk.heading,
        startOffset: chunk.startOffset,
        endOffset: chunk.endOffset,
        tokenEstimate: chunk.tokenEstimate,
        embedding: vectors[index] ?? null,
        embeddingSpace: space,
        textHash,
      }))
      for (let first = 0; first < rows.length; first += insertBatch) {
        await insertPassages(scope.tx, rows.slice(first, first + insertBatch))
        await nextTurn()
      }
    })
  }
  await withTenant(platform, caller, async (scope) => {
    const mine = await updateClaimedDocument(scope.tx, document.id, platform.nodeId, {
      status: 'ready',
      nodeId: null,
      passageCount: chunks.length,
      failureCode: null,
      failureMessage: null,
      failurePage: null,
      updatedAt: scope.now,
    })
    if (mine) await publishEvent(scope, { type: 'document.ready', data: { documentId: document.id } })
  })
}
