import { withTenant } from '../../platform/db/transactions.ts'
import { decodeIdCursor, toPage } from '../../platform/http/pagination.ts'
import { defineRoute, type Route } from '../../platform/http/route.ts'
import { addGoldQuestion } from './actions/add-gold-question.ts'
import { evaluateCollection } from './actions/evaluate-collection.ts'
import { removeGoldQuestion } from './actions/remove-gold-question.ts'
import { idParams } from './contract.ts'
import {
  collectionNotFound,
  evaluationNotFound,
  goldPassageElsewhere,
  goldQuestionNotFound,
  goldQuoteNotFound,
  noGoldQuestions,
  passageNotFound,
  tooManyGoldQuestions,
} from './errors.ts'
import * as contract from './gold-contract.ts'
import { presentEvaluation, presentEvaluationWithQuestions, presentGoldQuestion } from './gold-present.ts'
import { findEvaluation, listEvaluations, listExpected, listGoldQuestions } from './gold-store.ts'
import type { Knowledge } from './knowledge.ts'
import { findCollection } from './store.ts'

const tag = 'Gold questions'

/** What collections are expected to answer, and how well they do. */
export function goldRoutes(knowledge: Knowledge): Route[] {
  const { platform } = knowledge
  return [
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/collections/{id}/gold-questions',
        tag,
        summary: 'The questions a collection should answer, with the passages that do',
        access: 'read:documents',
        params: idParams,
        query: contract.listQuery,
        response: { status: 200, description: 'A page of questions', schema: contract.goldQuestionList },
        errors: [collectionNotFound],
      },
      async ({ caller, params, query }) => {
        const afterId = decodeIdCursor(query.cursor)
        const { rows, expected } = await withTenant(platform, caller, async ({ tx }) => {
          if (!(await findCollection(tx, params.id))) throw collectionNotFound()
          const rows = await listGoldQuestions(tx, params.id, { limit: query.limit + 1, afterId })
          return {
            rows,
            expected: await listExpected(
              tx,
              rows.map((row) => row.id),
            ),
          }
        })
        const page = toPage(rows, query.limit, (row) => [row.id])
        return { ...page, data: page.data.map((row) => presentGoldQuestion(row, expected)) }
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/collections/{id}/gold-questions',
        tag,
        summary: 'Add a question with the passages that answer it',
        description:
          'The passages are kept by their documents and words, so that they are found again once a document was read anew. A question that is there gets the passages added.',
        access: 'write:documents',
        params: idParams,
        body: contract.goldQuestionBody,
        response: { status: 201, description: 'The question', schema: contract.goldQuestion },
        errors: [
          collectionNotFound,
          passageNotFound,
          goldPassageElsewhere,
          goldQuoteNotFound,
          tooManyGoldQuestions,
        ],
      },
      ({ caller, params, body }) =>
        withTenant(platform, caller, async (scope) => {
          const row = await addGoldQuestion(scope, params.id, body)
          return presentGoldQuestion(row, await listExpected(scope.tx, [row.id]))
        }),
    ),
    defineRoute(
      {
        method: 'delete',
        path: '/api/v1/gold-questions/{id}',
        tag,
        summary: 'Delete a gold question',
        access: 'write:documents',
        params: idParams,
        response: { status: 204, description: 'Deleted' },
        errors: [goldQuestionNotFound],
      },
      async ({ caller, params }) => {
        await withTenant(platform, caller, (scope) => removeGoldQuestion(scope, params.id))
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/collections/{id}/evaluations',
        tag,
        summary: 'How well a collection answered its gold questions, the newest first',
        access: 'read:documents',
        params: idParams,
        query: contract.listQuery,
        response: { status: 200, description: 'A page of evaluations', schema: contract.evaluationList },
        errors: [collectionNotFound],
      },
      async ({ caller, params, query }) => {
        const beforeId = decodeIdCursor(query.cursor)
        const rows = await withTenant(platform, caller, async ({ tx }) => {
          if (!(await findCollection(tx, params.id))) throw collectionNotFound()
          return listEvaluations(tx, params.id, { limit: query.limit + 1, beforeId })
        })
        const page = toPage(rows, query.limit, (row) => [row.id])
        return { ...page, data: page.data.map(presentEvaluation) }
      },
    ),
    defineRoute(
      {
        method: 'post',
        path: '/api/v1/collections/{id}/evaluations',
        tag,
        summary: 'Ask a collection its gold questions, and keep how well it answers',
        description:
          'By words, by meaning and by both. The questions are embedded, which is metered like every call.',
        access: 'write:documents',
        params: idParams,
        timeoutMs: 120_000,
        response: { status: 201, description: 'The evaluation', schema: contract.evaluationWithQuestions },
        errors: [collectionNotFound, noGoldQuestions],
      },
      async ({ caller, params, signal }) => {
        const row = await evaluateCollection(knowledge, caller, params.id, signal)
        return withTenant(platform, caller, async ({ tx }) =>
          presentEvaluationWithQuestions(row, await listExpected(tx, questionsOf(row))),
        )
      },
    ),
    defineRoute(
      {
        method: 'get',
        path: '/api/v1/evaluations/{id}',
        tag,
        summary: 'One evaluation, with what each question found',
        access: 'read:documents',
        params: idParams,
        response: { status: 200, description: 'The evaluation', schema: contract.evaluationWithQuestions },
        errors: [evaluationNotFound],
      },
      ({ caller, params }) =>
        withTenant(platform, caller, async ({ tx }) => {
          const row = await findEvaluation(tx, params.id)
          if (!row) throw evaluationNotFound()
          return presentEvaluationWithQuestions(row, await listExpected(tx, questionsOf(row)))
        }),
    ),
  ]
}

function questionsOf(row: { questions: readonly { questionId: string }[] }): string[] {
  return row.questions.map((one) => one.questionId)
}
