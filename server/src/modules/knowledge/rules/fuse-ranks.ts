/** A list of ids, best first. */
export type Ranking = readonly string[]

export interface FusedRank {
  id: string
  /** The sum over the rankings of 1 / (k + rank); comparable only within one fusion. */
  score: number
  /** For each ranking, in the order given, the rank counted from 1, or null where it is absent. */
  ranks: (number | null)[]
}

const DEFAULT_K = 60

/**
 * Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009, "Reciprocal Rank Fusion outperforms Condorcet and
 * individual Rank Learning Methods"): merges rankings whose scores cannot be compared, by rank alone. k = 60 is the
 * paper's value; it keeps one ranking's first place from deciding everything.
 * `weightOf` says how much a place in a ranking counts, such as where a ranking knows how sure it is.
 * An id that stands twice in one ranking counts where it stands first. Equal scores are ordered by best rank, then id.
 */
export function fuseRanks(
  rankings: readonly Ranking[],
  k: number = DEFAULT_K,
  weightOf: (id: string, ranking: number) => number = () => 1,
): FusedRank[] {
  const fused = new Map<string, FusedRank>()
  rankings.forEach((ranking, index) => {
    ranking.forEach((id, position) => {
      const entry = fused.get(id) ?? { id, score: 0, ranks: rankings.map(() => null) }
      if (entry.ranks[index] !== null) return
      entry.ranks[index] = position + 1
      entry.score += weightOf(id, index) / (k + position + 1)
      fused.set(id, entry)
    })
  })
  return [...fused.values()].sort(
    (a, b) => b.score - a.score || bestRank(a) - bestRank(b) || (a.id < b.id ? -1 : 1),
  )
}

function bestRank(entry: FusedRank): number {
  return Math.min(...entry.ranks.map((rank) => rank ?? Number.POSITIVE_INFINITY))
}
