import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { readTenant, withTenant } from '../../../platform/db/transactions.ts'
import type { Knowledge } from '../knowledge.ts'
import { rankCandidates } from '../rules/rank-candidates.ts'
import { weighCandidates } from '../search-store.ts'
import { findPassages, hasPassages, type PassageRow } from '../store.ts'

export interface SearchHit {
  passage: PassageRow
  /** Reciprocal rank fusion; comparable within one answer only. */
  score: number
  textRank: number | null
  vectorRank: number | null
  /** Cosine of question and passage, from -1 to 1; null without a vector. */
  similarity: number | null
}

const candidatesPerRanking = 50

/** Finds passages by words and by meaning, merged by rank. An empty organization costs no embedding. */
export async function searchPassages(
  knowledge: Knowledge,
  caller: Caller,
  search: {
    query: string
    limit: number
    collectionIds?: readonly string[] | undefined
    documentIds?: readonly string[] | undefined
  },
  signal: AbortSignal,
): Promise<SearchHit[]> {
  const { platform } = knowledge
  requirePermission(caller, 'read:documents')
  if (!(await readTenant(platform, caller, (scope) => hasPassages(scope.tx)))) return []
  const { space, vectors } = await knowledge.embed(caller, [search.query], signal)
  return withTenant(platform, caller, async (scope) => {
    const candidates = await weighCandidates(scope.tx, {
      query: search.query,
      embedding: vectors[0],
      space,
      collectionIds: search.collectionIds,
      documentIds: search.documentIds,
      limit: candidatesPerRanking,
    })
    const best = rankCandidates(candidates).slice(0, search.limit)
    const found = new Map(
      (
        await findPassages(
          scope.tx,
          best.map((entry) => entry.id),
        )
      ).map((row) => [row.id, row]),
    )
    const byId = new Map(candidates.map((candidate) => [candidate.passageId, candidate]))
    return best.flatMap((entry) => {
      const passage = found.get(entry.id)
      const candidate = byId.get(entry.id)
      if (!passage || !candidate) return []
      const { textRank, vectorRank, similarity } = candidate
      return [{ passage, score: entry.score, textRank, vectorRank, similarity }]
    })
  })
}
