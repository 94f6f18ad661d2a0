import { z } from '@hono/zod-openapi'
import { uploadDocument } from '../../../knowledge/index.ts'
import { stepRequestId } from '../../step-request-id.ts'
import { defineTool } from './tool.ts'

export const createDocument = defineTool({
  name: 'create_document',
  description:
    'Writes a new document in Markdown into the knowledge of the organization. A person approves it first.',
  permission: 'write:documents',
  writes: true,
  arguments: z.strictObject({
    title: z.string().trim().min(1).max(120),
    content: z.string().trim().min(1).max(100_000),
    collectionId: z.uuid().optional(),
  }),
  async run({ assistants, caller, definition, callId }, { title, content, collectionId }) {
    const row = await uploadDocument(assistants.knowledge, caller, {
      // Made of the call: done again after a kill it is the same document.
      id: stepRequestId(callId, 'document'),
      name: `${title.replace(/[/\\\p{Cc}]/gu, ' ')}.md`,
      mediaType: 'text/markdown',
      bytes: Buffer.from(`# ${title}\n\n${content}\n`),
      collectionId: collectionId ?? definition.collectionIds?.[0],
    })
    return { text: `The document "${row.name}" was made. Its id is ${row.id}.` }
  },
})
