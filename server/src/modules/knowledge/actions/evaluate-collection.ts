import { recordAudit } from '../../../platform/audit/record-audit.ts'
import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller, Scope } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { newId } from '../../../platform/ids.ts'
import { collectionNotFound, noGoldQuestions } from '../errors.ts'
import {
  type EvaluationRow,
  type ExpectedRow,
  insertEvaluation,
  listExpected,
  listGoldQuestions,
  measureIndex,
} from '../gold-store.ts'
import type { Knowledge } from '../knowledge.ts'
import { judgeRanking, meanFigures, type QuestionResult } from '../rules/judge-ranking.ts'
import { rankCandidates, rankedBy } from '../rules/rank-candidates.ts'
import { weighCandidates } from '../search-store.ts'
import { findCollection, findPassages } from '../store.ts'
import { goldQuestionsAtMost } from './add-gold-question.ts'

/** Of each ranking; a passage that is expected and further down counts as not found. */
const depth = 50
const embedAtOnce = 64
/** What recall looks at. */
const k = 10

interface Asked {
  id: string
  question: string
  expected: ExpectedRow[]
}

/**
 * Asks a collection its gold questions by words, by meaning and by both, and keeps how well each found what was
 * expected. Questions whose documents were all deleted are left out.
 * @throws collection_not_found (404), no_gold_questions (409)
 */
export async function evaluateCollection(
  knowledge: Knowledge,
  caller: Caller,
  collectionId: string,
  signal: AbortSignal,
): Promise<EvaluationRow> {
  const { platform } = knowledge
  requirePermission(caller, 'write:documents')
  const asked = await withTenant(platform, caller, (scope) => listAsked(scope, collectionId))
  if (asked.length === 0) throw noGoldQuestions()
  const vectors: number[][] = []
  let space = ''
  for (let at = 0; at < asked.length; at += embedAtOnce) {
    const texts = asked.slice(at, at + embedAtOnce).map((one) => one.question)
    const embedded = await knowledge.embed(caller, texts, signal)
    space = embedded.space
    vectors.push(...embedded.vectors)
  }
  const questions: QuestionResult[] = []
  for (const [at, one] of asked.entries()) {
    signal.throwIfAborted()
    questions.push(
      // A transaction for each: five hundred questions in one would hold a connection for seconds.
      await withTenant(platform, caller, (scope) => ask(scope, collectionId, one, vectors[at], space)),
    )
  }
  return withTenant(platform, caller, async (scope) => {
    const index = await measureIndex(scope.tx, collectionId)
    const row: EvaluationRow = {
      organizationId: scope.organizationId,
      id: newId(),
      collectionId,
      embeddingSpace: space,
      documentCount: index.documentCount,
      passageCount: index.passageCount,
      indexChangedAt: index.changedAt,
      questionCount: questions.length,
      figures: {
        k,
        text: meanFigures(questions.map((one) => one.text)),
        vector: meanFigures(questions.map((one) => one.vector)),
        hybrid: meanFigures(questions.map((one) => one.hybrid)),
      },
      questions,
      createdBy: caller.userId,
      createdAt: scope.now,
    }
    await insertEvaluation(scope.tx, row)
    await recordAudit(scope, {
      action: 'collection.evaluate',
      entity: { type: 'collection', id: collectionId },
      changes: { evaluationId: row.id, questions: questions.length },
    })
    return row
  })
}

async function listAsked({ tx }: Scope, collectionId: string): Promise<Asked[]> {
  if (!(await findCollection(tx, collectionId))) throw collectionNotFound()
  const rows = await listGoldQuestions(tx, collectionId, { limit: goldQuestionsAtMost, afterId: undefined })
  const expected = await listExpected(
    tx,
    rows.map((row) => row.id),
  )
  return rows
    .map(({ id, question }) => ({ id, question, expected: expected.filter((one) => one.questionId === id) }))
    .filter((one) => one.expected.length > 0)
}

async function ask(
  { tx }: Scope,
  collectionId: string,
  asked: Asked,
  embedding: number[] | undefined,
  space: string,
): Promise<QuestionResult> {
  const candidates = await weighCandidates(tx, {
    query: asked.question,
    embedding,
    space,
    collectionIds: [collectionId],
    documentIds: undefined,
    limit: depth,
  })
  const ids = candidates.map((candidate) => candidate.passageId)
  const passages = new Map((await findPassages(tx, ids)).map((row) => [row.id, row]))
  const judge = (ranking: readonly string[]) =>
    judgeRanking(
      ranking.flatMap((id) => passages.get(id) ?? []),
      asked.expected,
      k,
    )
  return {
    questionId: asked.id,
    question: asked.question,
    expected: asked.expected.map((one) => one.id),
    text: judge(rankedBy(candidates, 'textRank')),
    vector: judge(rankedBy(candidates, 'vectorRank')),
    hybrid: judge(rankCandidates(candidates).map((entry) => entry.id)),
  }
}
