import { z } from '@hono/zod-openapi'
import { pageOf, pageQuery } from '../../platform/http/pagination.ts'

const status = z.enum(['queued', 'parsing', 'embedding', 'ready', 'failed'])

export const idParams = z.object({ id: z.uuid() })

export const collection = z
  .object({ id: z.uuid(), name: z.string(), documentCount: z.number().int(), createdAt: z.iso.datetime() })
  .openapi('Collection')
export const collectionList = pageOf(collection).openapi('CollectionList')
export const collectionBody = z
  .strictObject({ name: z.string().trim().min(1).max(120) })
  .openapi('NewCollection')

export const uploadForm = z
  .object({
    file: z.string().openapi({ format: 'binary', description: 'PDF, DOCX, HTML, Markdown or plain text' }),
    collectionId: z.uuid().optional().openapi({ description: 'The default collection when absent.' }),
  })
  .openapi('DocumentUpload')

export const document = z
  .object({
    id: z.uuid(),
    collectionId: z.uuid(),
    name: z.string(),
    mediaType: z.string(),
    sizeBytes: z.number().int(),
    status,
    progress: z.object({
      done: z.number().int(),
      total: z.number().int().nullable(),
      unit: z.enum(['pages', 'passages']),
    }),
    pageCount: z.number().int().nullable(),
    passageCount: z.number().int(),
    failure: z
      .object({ code: z.string(), message: z.string(), page: z.number().int().nullable() })
      .nullable()
      .openapi({ description: 'Why the document could not be read, and what to do about it.' }),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    createdBy: z.uuid().nullable(),
  })
  .openapi('Document')
export const documentList = pageOf(document).openapi('DocumentList')
export const documentListQuery = z.strictObject({
  ...pageQuery,
  collectionId: z.uuid().optional(),
  status: status.optional(),
  q: z.string().max(200).optional().openapi({ description: 'A part of the name.' }),
})

export const passage = z
  .object({
    id: z.uuid(),
    documentId: z.uuid(),
    documentName: z.string(),
    ordinal: z.number().int(),
    text: z.string(),
    page: z.number().int().nullable(),
    heading: z.string().nullable(),
    startOffset: z.number().int().openapi({ description: 'UTF-16 code units into the document’s text.' }),
    endOffset: z.number().int(),
  })
  .openapi('Passage')
export const passageList = pageOf(passage).openapi('PassageList')
export const passageListQuery = z.strictObject(pageQuery)
export const passageInContext = passage
  .extend({ before: z.string(), after: z.string() })
  .openapi('PassageInContext')
