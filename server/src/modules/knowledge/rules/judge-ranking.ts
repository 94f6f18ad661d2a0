import { matchesQuote } from './matches-quote.ts'

export const searchModes = ['text', 'vector', 'hybrid'] as const
export type SearchMode = (typeof searchModes)[number]

/** How well one ranking answers one question, or the mean over questions. From 0 to 1, 1 the best. */
export interface RankingFigures {
  /** The share of the expected passages among the first k. */
  recall: number
  /** Discounted cumulative gain of the first ten (Järvelin and Kekäläinen 2002) over the best there could be. */
  ndcg: number
  /** 1 over the place of the first expected passage; 0 where none was found. */
  reciprocalRank: number
}

export interface EvaluationFigures extends Record<SearchMode, RankingFigures> {
  /** How many of the first passages recall looks at. */
  k: number
}

export interface JudgedRanking extends RankingFigures {
  /** For each expected passage, at which place it was found, counted from 1; null where it was not. */
  places: (number | null)[]
}

export interface QuestionResult extends Record<SearchMode, JudgedRanking> {
  questionId: string
  question: string
  /** Ids of the expected passages, in the order of the places. */
  expected: string[]
}

export interface Expected {
  documentId: string
  quote: string
}

const ndcgDepth = 10

/** @param ranking passages, the best first. A quote that several passages hold counts once, at the first of them. */
export function judgeRanking(
  ranking: readonly { documentId: string; text: string }[],
  expected: readonly Expected[],
  k: number,
): JudgedRanking {
  const places = expected.map(({ documentId, quote }) => {
    const at = ranking.findIndex((one) => one.documentId === documentId && matchesQuote(one.text, quote))
    return at === -1 ? null : at + 1
  })
  const found = places.filter((place) => place !== null)
  // One passage may hold several of the quotes; ideally each stood in a passage of its own, or higher.
  const gain = sum(found.filter((place) => place <= ndcgDepth).map((place) => 1 / Math.log2(place + 1)))
  const ideal = sum(expected.slice(0, ndcgDepth).map((_, at) => 1 / Math.log2(at + 2)))
  return {
    recall: expected.length === 0 ? 0 : found.filter((place) => place <= k).length / expected.length,
    ndcg: ideal === 0 ? 0 : Math.min(1, gain / ideal),
    reciprocalRank: found.length === 0 ? 0 : 1 / Math.min(...found),
    places,
  }
}

export function meanFigures(all: readonly RankingFigures[]): RankingFigures {
  const mean = (of: (one: RankingFigures) => number) => (all.length === 0 ? 0 : sum(all.map(of)) / all.length)
  return {
    recall: mean((one) => one.recall),
    ndcg: mean((one) => one.ndcg),
    reciprocalRank: mean((one) => one.reciprocalRank),
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
