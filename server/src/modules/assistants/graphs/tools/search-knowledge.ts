import { z } from '@hono/zod-openapi'
import { searchPassages } from '../../../knowledge/index.ts'
import { defineTool, foundPassage } from './tool.ts'

export const searchKnowledge = defineTool({
  name: 'search_knowledge',
  description: 'Finds passages in the documents of the organization by words and by meaning.',
  permission: 'read:documents',
  writes: false,
  arguments: z.strictObject({
    query: z.string().trim().min(1).max(2_000),
    limit: z.number().int().min(1).max(20).default(6),
  }),
  async run({ assistants, caller, definition, signal }, { query, limit }) {
    const collectionIds = definition.collectionIds ?? undefined
    const hits = await searchPassages(assistants.knowledge, caller, { query, limit, collectionIds }, signal)
    const text = hits.length === 0 ? 'Nothing was found.' : `${hits.length} passages were found.`
    return { text, passages: hits.map(({ passage }) => foundPassage(passage)) }
  },
})
