import { z } from '@hono/zod-openapi'
import { pageOf, pageQuery } from '../../platform/http/pagination.ts'

const status = z.enum(['queued', 'parsing', 'embedding', 'ready', 'failed'])

export const idParams = z.object({ id: z.uuid() })

const passageSize = z.number().int().min(60).max(1_000)
const passageOverlap = z.number().int().min(0).max(500)
const readers = z
  .strictObject({
    roles: z.array(z.enum(['admin', 'member', 'guest'])).max(3),
    customRoleIds: z.array(z.uuid()).max(100),
    userIds: z.array(z.uuid()).max(500),
  })
  .openapi('CollectionReaders', { description: 'Who reads a restricted collection, beside the owners.' })
export type CollectionReaders = z.infer<typeof readers>

export const collection = z
  .object({
    id: z.uuid(),
    name: z.string(),
    documentCount: z.number().int(),
    targetTokens: passageSize.openapi({ description: 'The size of passages aimed at, in estimated tokens.' }),
    overlapTokens: passageOverlap.openapi({
      description: 'How much of the passage before is said again at the beginning of each.',
    }),
    access: z.enum(['organization', 'restricted']),
    readers,
    createdAt: z.iso.datetime(),
  })
  .openapi('Collection')
export const collectionList = pageOf(collection).openapi('CollectionList')
export const collectionBody = z
  .strictObject({ name: z.string().trim().min(1).max(120) })
  .openapi('NewCollection')
export const collectionChange = z
  .strictObject({
    name: z.string().trim().min(1).max(120).optional(),
    targetTokens: passageSize.optional(),
    overlapTokens: passageOverlap.optional(),
    access: z.enum(['organization', 'restricted']).optional(),
    readers: readers.optional(),
  })
  .openapi('CollectionChange')

export const uploadForm = z
  .object({
    file: z.string().openapi({
      format: 'binary',
      description: 'PDF, DOCX, PPTX, XLSX, HTML, Markdown, CSV, TSV, JSON, JSON lines, EML or plain text',
    }),
    collectionId: z.uuid().optional().openapi({ description: 'The default collection when absent.' }),
  })
  .openapi('DocumentUpload')

export const pageBody = z
  .strictObject({
    url: z.url({ protocol: /^https?$/ }).max(2_048),
    collectionId: z.uuid().optional().openapi({ description: 'The default collection when absent.' }),
  })
  .openapi('DocumentFromUrl')
export const replacementForm = z
  .object({ file: z.string().openapi({ format: 'binary', description: 'The new version' }) })
  .openapi('DocumentReplacement')

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
    warnings: z
      .array(
        z.object({
          code: z.enum(['pages_need_ocr', 'part_not_read']),
          message: z.string(),
          pages: z.array(z.number().int()),
        }),
      )
      .openapi({ description: 'What of it could not be read, though the rest was.' }),
    language: z
      .string()
      .nullable()
      .openapi({ description: 'ISO 639-1; null before it is read, and where too little text tells.' }),
    source: z
      .object({ url: z.string(), fetchedAt: z.iso.datetime() })
      .nullable()
      .openapi({ description: 'Where on the web it was read from; null for an upload.' }),
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
  language: z.string().min(2).max(20).optional().openapi({ description: 'ISO 639-1, such as de.' }),
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
