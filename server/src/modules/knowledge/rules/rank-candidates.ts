import { type FusedRank, fuseRanks } from './fuse-ranks.ts'

export interface Ranked {
  passageId: string
  textRank: number | null
  vectorRank: number | null
  /** The share of the question’s words that the passage holds, from 0 to 1; null where its words did not find it. */
  wordShare: number | null
}

/** Small, so that a passage which one ranking alone puts first comes before what the other has tenth. */
const k = 5

/**
 * The order of candidates by words and by meaning together, the best first. A place by words counts by how much of the
 * question it rests on: the full text finds something for any one of the words, and a question in words of its own shares
 * with the wrong passages as many as with the right one. On the questions of bench/retrieval, equal weights found less
 * than meaning alone; these find more than either. Values around them (k 3 to 20, power 1.5 to 3) differ by less than one
 * point; smaller powers leave more to words where the embeddings do not know the language.
 */
export function rankCandidates(candidates: readonly Ranked[]): FusedRank[] {
  const weights = new Map(
    candidates.map((candidate) => [candidate.passageId, 1.5 * (candidate.wordShare ?? 1) ** 1.5]),
  )
  const rankings = [rankedBy(candidates, 'textRank'), rankedBy(candidates, 'vectorRank')]
  return fuseRanks(rankings, k, (id, ranking) => (ranking === 0 ? (weights.get(id) ?? 1) : 1))
}

/** The ids of those that one of the two rankings knows, the best first. */
export function rankedBy(candidates: readonly Ranked[], by: 'textRank' | 'vectorRank'): string[] {
  return candidates
    .filter((candidate) => candidate[by] !== null)
    .sort((a, b) => (a[by] ?? 0) - (b[by] ?? 0))
    .map((candidate) => candidate.passageId)
}
