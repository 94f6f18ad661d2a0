import { z } from '@hono/zod-openapi'
import { passage } from './contract.ts'

const ids = z.array(z.uuid()).min(1).max(100).optional()

export const searchBody = z
  .strictObject({
    query: z.string().trim().min(1).max(2_000),
    limit: z.number().int().min(1).max(50).default(8),
    cursor: z
      .string()
      .max(500)
      .optional()
      .openapi({ description: 'The `nextCursor` of the page before. Each page embeds the question again.' }),
    collectionIds: ids,
    documentIds: ids,
    mediaTypes: z
      .array(z.string().min(1).max(200))
      .min(1)
      .max(20)
      .optional()
      .openapi({ description: 'Such as `application/pdf`.' }),
    authorIds: ids.openapi({ description: 'Who uploaded the documents.' }),
    createdFrom: z.iso
      .datetime({ offset: true })
      .optional()
      .openapi({ description: 'When the documents were added.' }),
    createdBefore: z.iso.datetime({ offset: true }).optional(),
    updatedFrom: z.iso
      .datetime({ offset: true })
      .optional()
      .openapi({ description: 'When they last changed.' }),
    updatedBefore: z.iso.datetime({ offset: true }).optional(),
  })
  .openapi('Search')

const count = z.number().int()

export const searchResults = z
  .object({
    data: z.array(
      z.object({
        passage,
        document: z.object({
          id: z.uuid(),
          name: z.string(),
          collectionId: z.uuid(),
          mediaType: z.string(),
          createdBy: z.uuid().nullable(),
          createdAt: z.iso.datetime(),
          updatedAt: z.iso.datetime(),
        }),
        rank: count.openapi({ description: 'Counted from 1 over all pages.' }),
        score: z
          .number()
          .openapi({ description: 'Reciprocal rank fusion; comparable within one search only.' }),
        textRank: count.nullable().openapi({ description: 'Its place by words alone.' }),
        textScore: z
          .number()
          .nullable()
          .openapi({ description: 'From 0 to 1: how near and how often the words stand in it.' }),
        wordShare: z.number().nullable().openapi({
          description:
            'The share of the question’s words that it holds, from 0 to 1. It counts by words as much as this.',
        }),
        vectorRank: count.nullable().openapi({ description: 'Its place by meaning alone.' }),
        similarity: z
          .number()
          .nullable()
          .openapi({ description: 'Cosine of question and passage, from -1 to 1.' }),
        matchedTerms: z
          .array(z.string())
          .openapi({ description: 'The words of the passage that the question found.' }),
        highlights: z
          .array(z.object({ start: count, end: count }))
          .openapi({ description: 'Where they stand in the passage’s text, in UTF-16 code units.' }),
      }),
    ),
    total: count.openapi({
      description: 'The passages found: the best fifty by words and the best fifty by meaning.',
    }),
    facets: z
      .object({
        collections: z.array(z.object({ id: z.uuid(), count })),
        documents: z.array(z.object({ id: z.uuid(), name: z.string(), count })),
        mediaTypes: z.array(z.object({ mediaType: z.string(), count })),
        authors: z.array(z.object({ id: z.uuid(), count })),
      })
      .openapi({ description: 'What the passages found belong to.' }),
    nextCursor: z.string().nullable(),
  })
  .openapi('SearchResults')
