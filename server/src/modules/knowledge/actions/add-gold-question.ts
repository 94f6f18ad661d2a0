import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Scope } from '../../../platform/context.ts'
import { newId } from '../../../platform/ids.ts'
import {
  collectionNotFound,
  goldPassageElsewhere,
  goldQuoteNotFound,
  passageNotFound,
  tooManyGoldQuestions,
} from '../errors.ts'
import {
  countGoldQuestions,
  findGoldQuestionByText,
  type GoldQuestionRow,
  insertGoldPassages,
  insertGoldQuestion,
  listExpected,
} from '../gold-store.ts'
import { matchesQuote } from '../rules/matches-quote.ts'
import { findCollection, findDocument, findPassages, type PassageRow } from '../store.ts'

/** An evaluation asks all of them at once. */
export const goldQuestionsAtMost = 500
const quoteLength = 1_000

/**
 * Adds a question with the passages that answer it. Where the collection has the question, the passages are added to it:
 * so a second result of a search is expected too.
 * @throws collection_not_found, passage_not_found (404), gold_passage_elsewhere, gold_quote_not_found (422),
 *   too_many_gold_questions (409)
 */
export async function addGoldQuestion(
  scope: Scope,
  collectionId: string,
  body: { question: string; expected: readonly { passageId: string; quote?: string | undefined }[] },
): Promise<GoldQuestionRow> {
  const { tx, caller, organizationId } = scope
  requirePermission(caller, 'write:documents')
  if (!(await findCollection(tx, collectionId))) throw collectionNotFound()
  const passages = new Map(
    (
      await findPassages(
        tx,
        body.expected.map((one) => one.passageId),
      )
    ).map((row) => [row.id, row]),
  )
  const question = await ensureQuestion(scope, collectionId, body.question)
  const known = await listExpected(tx, [question.id])
  const added: { id: string; documentId: string; quote: string }[] = []
  for (const { passageId, quote } of body.expected) {
    const passage = passages.get(passageId)
    if (!passage) throw passageNotFound()
    if ((await findDocument(tx, passage.documentId))?.collectionId !== collectionId)
      throw goldPassageElsewhere()
    const words = quoteOf(passage, quote)
    const same = (one: { documentId: string; quote: string }) =>
      one.documentId === passage.documentId && one.quote === words
    if (known.some(same) || added.some(same)) continue
    added.push({ id: newId(), documentId: passage.documentId, quote: words })
  }
  await insertGoldPassages(
    tx,
    added.map((one) => ({ organizationId, questionId: question.id, ...one })),
  )
  await recordAudit(scope, {
    action: 'gold_question.add',
    entity: { type: 'gold_question', id: question.id },
    changes: { collectionId, passages: added.length },
  })
  return question
}

async function ensureQuestion(
  scope: Scope,
  collectionId: string,
  question: string,
): Promise<GoldQuestionRow> {
  const { tx, caller, organizationId, now } = scope
  const there = await findGoldQuestionByText(tx, collectionId, question)
  if (there) return there
  if ((await countGoldQuestions(tx, collectionId)) >= goldQuestionsAtMost) throw tooManyGoldQuestions()
  const row = {
    organizationId,
    id: newId(),
    collectionId,
    question,
    createdBy: caller.userId,
    createdAt: now,
  }
  if (await insertGoldQuestion(tx, row)) return row
  // Somebody else was as fast with the same question.
  return (await findGoldQuestionByText(tx, collectionId, question)) ?? row
}

/** What was quoted must stand in the passage; without a quote the passage is expected as it is. */
function quoteOf(passage: PassageRow, quote: string | undefined): string {
  if (quote === undefined) return passage.text.trim().slice(0, quoteLength).trim()
  if (!matchesQuote(passage.text, quote)) throw goldQuoteNotFound()
  return quote
}
