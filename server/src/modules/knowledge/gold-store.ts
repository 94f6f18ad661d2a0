import { and, asc, count, desc, eq, gt, inArray, lt, max, sql } from 'drizzle-orm'
import type { TenantTx } from '../../platform/db/types.ts'
import { documents, evaluations, goldPassages, goldQuestions } from './tables.ts'

export type GoldQuestionRow = typeof goldQuestions.$inferSelect
export type EvaluationRow = typeof evaluations.$inferSelect

/** An expected passage with the name of its document. */
export interface ExpectedRow {
  id: string
  questionId: string
  documentId: string
  documentName: string
  quote: string
}

/** False where the collection has a question of these words. */
export async function insertGoldQuestion(tx: TenantTx, row: GoldQuestionRow): Promise<boolean> {
  const inserted = await tx
    .insert(goldQuestions)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: goldQuestions.id })
  return inserted.length > 0
}

export async function findGoldQuestionByText(
  tx: TenantTx,
  collectionId: string,
  question: string,
): Promise<GoldQuestionRow | undefined> {
  const [row] = await tx
    .select()
    .from(goldQuestions)
    .where(
      and(
        eq(goldQuestions.collectionId, collectionId),
        sql`md5(${goldQuestions.question}) = md5(${question})`,
        eq(goldQuestions.question, question),
      ),
    )
  return row
}

export async function countGoldQuestions(tx: TenantTx, collectionId: string): Promise<number> {
  const [row] = await tx
    .select({ count: count() })
    .from(goldQuestions)
    .where(eq(goldQuestions.collectionId, collectionId))
  return row?.count ?? 0
}

/** In the order they were made. */
export async function listGoldQuestions(
  tx: TenantTx,
  collectionId: string,
  page: { limit: number; afterId: string | undefined },
): Promise<GoldQuestionRow[]> {
  return tx
    .select()
    .from(goldQuestions)
    .where(
      and(
        eq(goldQuestions.collectionId, collectionId),
        page.afterId === undefined ? undefined : gt(goldQuestions.id, page.afterId),
      ),
    )
    .orderBy(asc(goldQuestions.id))
    .limit(page.limit)
}

/** The questions a person made, the newest first. */
export async function listGoldQuestionsOf(
  tx: TenantTx,
  userId: string,
  page: { limit: number; beforeId: string | undefined },
): Promise<GoldQuestionRow[]> {
  return tx
    .select()
    .from(goldQuestions)
    .where(
      and(
        eq(goldQuestions.createdBy, userId),
        page.beforeId === undefined ? undefined : lt(goldQuestions.id, page.beforeId),
      ),
    )
    .orderBy(desc(goldQuestions.id))
    .limit(page.limit)
}

export async function deleteGoldQuestion(tx: TenantTx, id: string): Promise<GoldQuestionRow | undefined> {
  const [row] = await tx.delete(goldQuestions).where(eq(goldQuestions.id, id)).returning()
  return row
}

export async function insertGoldPassages(
  tx: TenantTx,
  rows: readonly (typeof goldPassages.$inferInsert)[],
): Promise<void> {
  if (rows.length > 0) await tx.insert(goldPassages).values([...rows])
}

/** What is expected of some questions, in the order it was said. */
export async function listExpected(tx: TenantTx, questionIds: readonly string[]): Promise<ExpectedRow[]> {
  if (questionIds.length === 0) return []
  return tx
    .select({
      id: goldPassages.id,
      questionId: goldPassages.questionId,
      documentId: goldPassages.documentId,
      documentName: documents.name,
      quote: goldPassages.quote,
    })
    .from(goldPassages)
    .innerJoin(documents, eq(documents.id, goldPassages.documentId))
    .where(inArray(goldPassages.questionId, [...questionIds]))
    .orderBy(asc(goldPassages.id))
}

/** What a search of the collection looks through. */
export async function measureIndex(
  tx: TenantTx,
  collectionId: string,
): Promise<{ documentCount: number; passageCount: number; changedAt: Date | null }> {
  const [row] = await tx
    .select({
      documentCount: count(),
      passageCount: sql<number>`coalesce(sum(${documents.passageCount}), 0)::integer`,
      changedAt: max(documents.updatedAt),
    })
    .from(documents)
    .where(and(eq(documents.collectionId, collectionId), eq(documents.status, 'ready')))
  return row ?? { documentCount: 0, passageCount: 0, changedAt: null }
}

export async function insertEvaluation(tx: TenantTx, row: EvaluationRow): Promise<void> {
  await tx.insert(evaluations).values(row)
}

export async function findEvaluation(tx: TenantTx, id: string): Promise<EvaluationRow | undefined> {
  const [row] = await tx.select().from(evaluations).where(eq(evaluations.id, id))
  return row
}

/** The newest first, without what each question found. */
export async function listEvaluations(
  tx: TenantTx,
  collectionId: string,
  page: { limit: number; beforeId: string | undefined },
): Promise<Omit<EvaluationRow, 'questions'>[]> {
  const { questions: _, ...columns } = evaluationColumns
  return tx
    .select(columns)
    .from(evaluations)
    .where(
      and(
        eq(evaluations.collectionId, collectionId),
        page.beforeId === undefined ? undefined : lt(evaluations.id, page.beforeId),
      ),
    )
    .orderBy(desc(evaluations.id))
    .limit(page.limit)
}

const evaluationColumns = {
  organizationId: evaluations.organizationId,
  id: evaluations.id,
  collectionId: evaluations.collectionId,
  embeddingSpace: evaluations.embeddingSpace,
  documentCount: evaluations.documentCount,
  passageCount: evaluations.passageCount,
  indexChangedAt: evaluations.indexChangedAt,
  questionCount: evaluations.questionCount,
  figures: evaluations.figures,
  questions: evaluations.questions,
  createdBy: evaluations.createdBy,
  createdAt: evaluations.createdAt,
}
