import { fetchFailed, fetchRefused, fetchTimeout, fetchTooLarge } from '../../platform/fetch/index.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { addPage } from './actions/add-page.ts'
import { refreshDocument, replaceDocument } from './actions/replace-document.ts'
import * as contract from './contract.ts'
import {
  collectionNotFound,
  documentBusy,
  documentEmpty,
  documentNotFound,
  documentNotFromUrl,
  documentTypeMismatch,
  documentTypeUnsupported,
  uploadWithoutFile,
  urlDisallowed,
  urlUnavailable,
} from './errors.ts'
import type { Knowledge } from './knowledge.ts'
import { presentDocument } from './present.ts'
import { readUpload } from './read-upload.ts'

const tag = 'Documents'
/** Up to four pages of ten seconds each, and their sites' robots.txt. */
const fetchTimeoutMs = 90_000

/** Documents from the web, and new versions of documents. */
export function documentVersionRoutes(knowledge: Knowledge, uploadLimitBytes: number): Route[] {
  const fileLimitBytes = knowledge.platform.config.FREEHOLD_MAX_UPLOAD_BYTES
  const fileErrors = [documentEmpty, documentTypeUnsupported, documentTypeMismatch]
  const webErrors = [urlDisallowed, urlUnavailable, fetchRefused, fetchTooLarge, fetchFailed, fetchTimeout]
  const accepted = { status: 202 as const, description: 'Accepted; being read', schema: contract.document }
  return [
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/documents/from-url',
        tag,
        summary: 'Read a page or a file from the web',
        description:
          'Only addresses on the public internet are fetched, and only where the site’s robots.txt lets "Freehold". Of a page its article is read, under its title.',
        access: 'write:documents',
        body: contract.pageBody,
        timeoutMs: fetchTimeoutMs,
        response: accepted,
        errors: [...webErrors, collectionNotFound, ...fileErrors],
      },
      async ({ caller, body, signal }) =>
        presentDocument(
          await addPage(knowledge, caller, { url: body.url, collectionId: body.collectionId }, signal),
        ),
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/documents/{id}/refresh',
        tag,
        summary: 'Read a document’s page again, if it has changed',
        description:
          'The page’s server is asked whether it has changed. Where it has, only passages whose text is new are embedded again.',
        access: 'write:documents',
        params: contract.idParams,
        timeoutMs: fetchTimeoutMs,
        response: accepted,
        errors: [documentNotFound, documentNotFromUrl, documentBusy, ...webErrors, ...fileErrors],
      },
      async ({ caller, params, signal }) =>
        presentDocument(await refreshDocument(knowledge, caller, params.id, signal)),
    ),
    defineRoute(
      {
        method: 'put',
        path: '/api/v1/documents/{id}/file',
        tag,
        summary: 'Upload a new version of a document',
        description:
          'It takes the place of the one before. Passages whose text stays keep their ids, and only new ones are embedded.',
        access: 'write:documents',
        params: contract.idParams,
        rawBody: { mediaType: 'multipart/form-data', schema: contract.replacementForm },
        bodyLimitBytes: uploadLimitBytes,
        timeoutMs: 300_000,
        response: accepted,
        errors: [documentNotFound, documentBusy, uploadWithoutFile, ...fileErrors],
      },
      async ({ caller, params, request }) => {
        const { name, mediaType, bytes } = await readUpload(request, uploadLimitBytes, fileLimitBytes)
        return presentDocument(
          await replaceDocument(knowledge, caller, params.id, { name, mediaType, bytes }),
        )
      },
    ),
  ]
}
