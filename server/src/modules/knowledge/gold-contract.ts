import { z } from '@hono/zod-openapi'
import { pageOf, pageQuery } from '../../platform/http/pagination.ts'

const text = z.string().trim().min(1)

export const goldQuestionBody = z
  .strictObject({
    question: text.max(2_000),
    expected: z
      .array(
        z.strictObject({
          passageId: z.uuid(),
          quote: text.max(4_000).optional().openapi({
            description:
              'What of the passage answers the question; the beginning of the passage when absent.',
          }),
        }),
      )
      .max(20)
      .default([])
      .openapi({ description: 'A question that expects nothing yet is kept, and not asked.' }),
  })
  .openapi('NewGoldQuestion')

const expected = z.object({
  id: z.uuid(),
  documentId: z.uuid(),
  documentName: z.string(),
  quote: z.string(),
})

export const goldQuestion = z
  .object({
    id: z.uuid(),
    collectionId: z.uuid(),
    question: z.string(),
    expected: z.array(expected).openapi({
      description: 'Where it is empty, also once all its documents were deleted, the question is not asked.',
    }),
    createdBy: z.uuid().nullable(),
    createdAt: z.iso.datetime(),
  })
  .openapi('GoldQuestion')
export const goldQuestionList = pageOf(goldQuestion).openapi('GoldQuestionList')
export const listQuery = z.strictObject(pageQuery)

const figures = z
  .object({
    recall: z.number().openapi({ description: 'The share of the expected passages among the first k.' }),
    ndcg: z.number().openapi({ description: 'nDCG of the first ten.' }),
    reciprocalRank: z.number().openapi({ description: '1 over the place of the first expected passage.' }),
  })
  .openapi('RankingFigures')
const judged = figures.extend({
  places: z.array(z.number().int().nullable()).openapi({
    description: 'Where each expected passage was found, counted from 1; null where it was not.',
  }),
})

export const evaluation = z
  .object({
    id: z.uuid(),
    collectionId: z.uuid(),
    index: z
      .object({
        embeddingSpace: z.string(),
        documentCount: z.number().int(),
        passageCount: z.number().int(),
        changedAt: z.iso.datetime().nullable(),
      })
      .openapi({ description: 'What was searched.' }),
    questionCount: z.number().int(),
    k: z.number().int(),
    text: figures,
    vector: figures,
    hybrid: figures,
    createdBy: z.uuid().nullable(),
    createdAt: z.iso.datetime(),
  })
  .openapi('Evaluation')
export const evaluationList = pageOf(evaluation).openapi('EvaluationList')
export const evaluationWithQuestions = evaluation
  .extend({
    questions: z.array(
      z.object({
        questionId: z.uuid(),
        question: z.string(),
        expected: z
          .array(expected.nullable())
          .openapi({ description: 'In the order of the places; null for what was deleted since.' }),
        text: judged,
        vector: judged,
        hybrid: judged,
      }),
    ),
  })
  .openapi('EvaluationWithQuestions')
