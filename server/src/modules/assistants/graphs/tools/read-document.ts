import { z } from '@hono/zod-openapi'
import { documentNotFound, readDocument } from '../../../knowledge/index.ts'
import { defineTool, foundPassage } from './tool.ts'

const passagesAtOnce = 12

export const readDocumentTool = defineTool({
  name: 'read_document',
  description: `Reads a document, ${passagesAtOnce} passages at a time.`,
  permission: 'read:documents',
  writes: false,
  arguments: z.strictObject({
    documentId: z.uuid(),
    after: z.number().int().min(-1).max(1_000_000_000).default(-1),
  }),
  async run({ assistants, caller, definition }, { documentId, after }) {
    const page = { limit: passagesAtOnce, afterOrdinal: after }
    const { document, passages, hasMore } = await readDocument(assistants.knowledge, caller, documentId, page)
    // What an assistant may not search it may not read by its id either.
    if (definition.collectionIds && !definition.collectionIds.includes(document.collectionId))
      throw documentNotFound()
    const last = passages.at(-1)?.ordinal
    const rest = hasMore ? ` Read on with after: ${last}.` : ' That is all of it.'
    return {
      text: `"${document.name}", ${passages.length} passages.${rest}`,
      passages: passages.map(foundPassage),
    }
  },
})
