import { setTimeout as sleep } from 'node:timers/promises'
import type { Caller } from '../../platform/context.ts'
import { readTenant, withTenant } from '../../platform/db/transactions.ts'
import { toAppError } from '../../platform/http/error-response.ts'
import { decodeIdCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { eventStream, type ServerEvent } from '../../platform/http/sse.ts'
import { removeDocument } from './actions/remove-document.ts'
import { retryDocument } from './actions/retry-document.ts'
import { uploadDocument } from './actions/upload-document.ts'
import * as contract from './contract.ts'
import { documentVersionRoutes } from './document-version-routes.ts'
import {
  collectionNotFound,
  documentBusy,
  documentEmpty,
  documentNotFound,
  documentTypeMismatch,
  documentTypeUnsupported,
  fileGone,
  uploadWithoutFile,
} from './errors.ts'
import type { Knowledge } from './knowledge.ts'
import { presentDocument } from './present.ts'
import { readUpload } from './read-upload.ts'
import { type DocumentRow, findDocument, listDocuments } from './store.ts'

const tag = 'Documents'
const multipartOverheadBytes = 65_536

export function documentRoutes(knowledge: Knowledge): Route[] {
  const { platform } = knowledge
  const uploadLimitBytes = platform.config.FREEHOLD_MAX_UPLOAD_BYTES + multipartOverheadBytes

  async function getDocument(caller: Caller, id: string): Promise<DocumentRow> {
    const row = await readTenant(platform, caller, (scope) => findDocument(scope.tx, id))
    if (!row) throw documentNotFound()
    return row
  }

  return [
    ...documentVersionRoutes(knowledge, uploadLimitBytes),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/documents',
        tag,
        summary: 'Upload a document',
        description:
          'Its type is decided by its content. It is read in the background; follow its progress by its events.',
        access: 'write:documents',
        rawBody: { mediaType: 'multipart/form-data', schema: contract.uploadForm },
        bodyLimitBytes: uploadLimitBytes,
        timeoutMs: 300_000,
        response: { status: 202, description: 'Accepted; being read', schema: contract.document },
        errors: [
          uploadWithoutFile,
          documentEmpty,
          documentTypeUnsupported,
          documentTypeMismatch,
          collectionNotFound,
        ],
      },
      async ({ caller, request }) => {
        const upload = await readUpload(request, uploadLimitBytes, platform.config.FREEHOLD_MAX_UPLOAD_BYTES)
        return presentDocument(await uploadDocument(knowledge, caller, upload))
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/documents',
        tag,
        summary: 'The documents, newest first',
        access: 'read:documents',
        query: contract.documentListQuery,
        response: { status: 200, description: 'A page of documents', schema: contract.documentList },
      },
      async ({ caller, query }) => {
        const { limit, collectionId, status, language, q } = query
        const beforeId = decodeIdCursor(query.cursor)
        const rows = await readTenant(platform, caller, (scope) =>
          listDocuments(scope.tx, { limit, beforeId, collectionId, status, language, q }),
        )
        const page = toPage(rows, limit, (row) => [row.id])
        return { ...page, data: page.data.map(presentDocument) }
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/documents/{id}',
        tag,
        summary: 'One document',
        access: 'read:documents',
        params: contract.idParams,
        response: { status: 200, description: 'The document', schema: contract.document },
        errors: [documentNotFound],
      },
      async ({ caller, params }) => presentDocument(await getDocument(caller, params.id)),
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/documents/{id}',
        tag,
        summary: 'Delete a document with its passages and its file',
        access: 'write:documents',
        params: contract.idParams,
        response: { status: 204, description: 'Deleted' },
        errors: [documentNotFound],
      },
      async ({ caller, params }) => {
        await withTenant(platform, caller, (scope) => removeDocument(scope, params.id))
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/documents/{id}/retry',
        tag,
        summary: 'Read a document once more',
        access: 'write:documents',
        params: contract.idParams,
        response: { status: 202, description: 'Queued again', schema: contract.document },
        errors: [documentNotFound, documentBusy],
      },
      async ({ caller, params }) =>
        presentDocument(
          await withTenant(platform, caller, (scope) => retryDocument(scope, platform.jobs, params.id)),
        ),
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/documents/{id}/file',
        tag,
        summary: 'The file as it was uploaded',
        access: 'read:documents',
        params: contract.idParams,
        response: { status: 200, description: 'The file', mediaType: 'application/octet-stream' },
        errors: [documentNotFound, fileGone],
      },
      async ({ caller, params, http }) => {
        const row = await getDocument(caller, params.id)
        const file = await platform.storage.get(row.storageKey)
        if (!file) throw fileGone()
        return http.body(file.stream, 200, {
          // Never shown in place: an uploaded page must not run as one of ours.
          'content-type': 'application/octet-stream',
          'content-length': String(file.sizeBytes),
          'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(row.name)}`,
        })
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/documents/{id}/events',
        tag,
        summary: 'A document’s progress, live',
        description: 'Events `progress` with the document, until it is ready or has failed.',
        access: 'read:documents',
        params: contract.idParams,
        response: {
          status: 200,
          description: 'Events',
          mediaType: 'text/event-stream',
          schema: contract.document,
        },
        errors: [documentNotFound],
      },
      async ({ caller, params, signal, http }) => {
        const first = await getDocument(caller, params.id)
        return eventStream(
          http,
          progress(first, () => getDocument(caller, params.id), signal),
          (error) => {
            const { code, message } = toAppError(error)
            return { event: 'error', data: { code, message } }
          },
        )
      },
    ),
  ]
}

const lookEveryMs = 300

async function* progress(
  first: DocumentRow,
  look: () => Promise<DocumentRow>,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
  let shown = ''
  for (let row = first; ; row = await look()) {
    const data = presentDocument(row)
    const text = JSON.stringify(data)
    if (text !== shown) yield { event: 'progress', data }
    shown = text
    if (row.status === 'ready' || row.status === 'failed') return
    await sleep(lookEveryMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
  }
}
