import type { Scope } from '../../platform/context.ts'
import { formatUsd } from '../../platform/money.ts'
import { findVisibleDocumentIds } from '../knowledge/index.ts'
import { findUsageRecords, type UsageRecordRow } from '../ledger/index.ts'
import { listSiblingIds } from './branches-store.ts'
import { withdrawCitations } from './rules/withdraw-citations.ts'
import { contentCell, pieceCell, previewCell, type Seal, titleCell } from './sealed-messages.ts'
import type { ShareRow } from './shares-store.ts'
import { type ConversationRow, listPieces, type MessageRow } from './store.ts'

/** Messages with their texts opened and their receipts, in the order given. */
export async function presentMessages(scope: Scope, seal: Seal, rows: readonly MessageRow[]) {
  const records = new Map<string, UsageRecordRow>()
  const requestIds = rows.flatMap((row) => (row.requestId === null ? [] : [row.requestId]))
  for (const record of await findUsageRecords(scope.tx, requestIds)) records.set(record.requestId, record)
  const citations = new Map(rows.map((row) => [row.id, seal.openCitations(row.id, row.citationsSealed)]))
  const cited = [...citations.values()].flat().map(({ documentId }) => documentId)
  const visible = await findVisibleDocumentIds(scope.tx, cited)
  const siblingIdsOf = await listSiblingIds(scope.tx, rows)
  return Promise.all(
    rows.map(async (row) => ({
      id: row.id,
      conversationId: row.conversationId,
      role: row.role,
      content: await readContent(scope, seal, row),
      status: row.status,
      citations: withdrawCitations(citations.get(row.id) ?? [], visible),
      receipt: presentReceipt(row.requestId === null ? undefined : records.get(row.requestId)),
      error: row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? '' },
      createdAt: row.createdAt.toISOString(),
      parentId: row.parentId,
      siblingIds: siblingIdsOf(row),
    })),
  )
}

export type MessageView = Awaited<ReturnType<typeof presentMessages>>[number]

export async function presentMessage(scope: Scope, seal: Seal, row: MessageRow): Promise<MessageView> {
  const [view] = await presentMessages(scope, seal, [row])
  if (!view) throw new Error('One message has one view.')
  return view
}

/** The text as far as it is written: pieces while it streams, the whole afterwards. */
export async function readContent(scope: Scope, seal: Seal, row: MessageRow): Promise<string> {
  if (row.status !== 'streaming') return seal.open(contentCell(row.id), row.contentSealed)
  const pieces = await listPieces(scope.tx, row.id, 0)
  return pieces.map((piece) => seal.open(pieceCell(row.id, piece.startOffset), piece.textSealed)).join('')
}

function presentReceipt(record: UsageRecordRow | undefined) {
  if (!record) return null
  return {
    requestId: record.requestId,
    model: record.model,
    provider: record.provider,
    // The local provider is the one that quotes.
    isLanguageModel: record.provider !== 'local',
    promptTokens: record.promptTokens,
    cachedTokens: record.cachedTokens,
    completionTokens: record.completionTokens,
    costNanos: record.costNanos.toString(),
    costUsd: formatUsd(record.costNanos),
    latencyMs: record.latencyMs,
    timeToFirstTokenMs: record.timeToFirstTokenMs,
    cache: record.cache,
    fallback: record.fallback,
  }
}

export function presentConversation(seal: Seal, row: ConversationRow, match: string | null = null) {
  return {
    id: row.id,
    title: seal.open(titleCell(row.id), row.titleSealed),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    lastMessagePreview: row.previewSealed === null ? null : seal.open(previewCell(row.id), row.previewSealed),
    pinnedAt: row.pinnedAt?.toISOString() ?? null,
    archivedAt: row.archivedAt?.toISOString() ?? null,
    match,
  }
}

export function presentShare(row: ShareRow) {
  const { id, conversationId, messageId, createdAt } = row
  return { id, conversationId, messageId, createdAt: createdAt.toISOString() }
}
