import { type FusedRank, fuseRanks } from './fuse-ranks.ts'

export interface Ranked {
  passageId: string
  textRank: number | null
  vectorRank: number | null
}

/** The order of candidates by words and by meaning together, the best first. */
export function rankCandidates(candidates: readonly Ranked[]): FusedRank[] {
  return fuseRanks([rankedBy(candidates, 'textRank'), rankedBy(candidates, 'vectorRank')])
}

/** The ids of those that one of the two rankings knows, the best first. */
export function rankedBy(candidates: readonly Ranked[], by: 'textRank' | 'vectorRank'): string[] {
  return candidates
    .filter((candidate) => candidate[by] !== null)
    .sort((a, b) => (a[by] ?? 0) - (b[by] ?? 0))
    .map((candidate) => candidate.passageId)
}
