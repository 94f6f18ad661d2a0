import type { EvaluationRow, ExpectedRow, GoldQuestionRow } from './gold-store.ts'

export function presentGoldQuestion(row: GoldQuestionRow, expected: readonly ExpectedRow[]) {
  return {
    id: row.id,
    collectionId: row.collectionId,
    question: row.question,
    expected: expected.filter((one) => one.questionId === row.id).map(presentExpected),
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
  }
}

function presentExpected({ id, documentId, documentName, quote }: ExpectedRow) {
  return { id, documentId, documentName, quote }
}

export function presentEvaluation(row: Omit<EvaluationRow, 'questions'>) {
  return {
    id: row.id,
    collectionId: row.collectionId,
    index: {
      embeddingSpace: row.embeddingSpace,
      documentCount: row.documentCount,
      passageCount: row.passageCount,
      changedAt: row.indexChangedAt?.toISOString() ?? null,
    },
    questionCount: row.questionCount,
    k: row.figures.k,
    text: row.figures.text,
    vector: row.figures.vector,
    hybrid: row.figures.hybrid,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
  }
}

export function presentEvaluationWithQuestions(row: EvaluationRow, expected: readonly ExpectedRow[]) {
  const byId = new Map(expected.map((one) => [one.id, presentExpected(one)]))
  return {
    ...presentEvaluation(row),
    questions: row.questions.map((one) => ({
      ...one,
      expected: one.expected.map((id) => byId.get(id) ?? null),
    })),
  }
}
