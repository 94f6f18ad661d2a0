import type { CollectionReaders } from './contract.ts'
import type { CollectionRow, DocumentRow, PassageRow } from './store.ts'

export function presentCollection(
  row: CollectionRow & { documentCount: number },
  readers: CollectionReaders | undefined,
) {
  return {
    targetTokens: row.targetTokens,
    overlapTokens: row.overlapTokens,
    access: row.access,
    readers: readers ?? { roles: [], customRoleIds: [], userIds: [] },
    id: row.id,
    name: row.name,
    documentCount: row.documentCount,
    createdAt: row.createdAt.toISOString(),
  }
}

export function presentDocument(row: DocumentRow) {
  return {
    id: row.id,
    collectionId: row.collectionId,
    name: row.name,
    mediaType: row.mediaType,
    sizeBytes: row.sizeBytes,
    status: row.status,
    progress: { done: row.progressDone, total: row.progressTotal, unit: row.progressUnit },
    pageCount: row.pageCount,
    passageCount: row.passageCount,
    failure:
      row.failureCode === null
        ? null
        : { code: row.failureCode, message: row.failureMessage ?? '', page: row.failurePage },
    warnings: row.warnings,
    language: row.language,
    source:
      row.sourceUrl === null
        ? null
        : { url: row.sourceUrl, fetchedAt: (row.fetchedAt ?? row.updatedAt).toISOString() },
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    createdBy: row.createdBy,
  }
}

export function presentPassage(row: PassageRow) {
  return { ...row }
}
