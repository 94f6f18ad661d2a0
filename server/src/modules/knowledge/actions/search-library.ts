import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { readTenant, withTenant } from '../../../platform/db/transactions.ts'
import { newId } from '../../../platform/ids.ts'
import type { Knowledge } from '../knowledge.ts'
import { countFacets, type Facets } from '../rules/count-facets.ts'
import { rankCandidates } from '../rules/rank-candidates.ts'
import { matchedTerms, readHighlights, type Stretch } from '../rules/read-highlights.ts'
import {
  countByDocument,
  type DocumentFilter,
  describePassages,
  listFilteredDocuments,
  type WeighedCandidate,
  weighCandidates,
} from '../search-store.ts'
import { hasPassages } from '../store.ts'

type Described = Awaited<ReturnType<typeof describePassages>>[number]

/** A passage that was found, and why it was found where it stands. */
export interface LibraryHit
  extends Pick<WeighedCandidate, 'textRank' | 'vectorRank' | 'similarity' | 'wordShare'> {
  passage: Described['passage']
  document: Described['document']
  /** Counted from 1 over all pages. */
  rank: number
  score: number
  /** From 0 to 1: how near and how often the words stand in it; null where the words did not find it. */
  textScore: number | null
  matchedTerms: string[]
  /** The matched words in the passage’s text. */
  highlights: Stretch[]
}

export interface LibrarySearch {
  hits: LibraryHit[]
  facets: Facets
  /** The passages found, on all pages. */
  total: number
}

const candidatesPerRanking = 50
const nothing: LibrarySearch = { hits: [], total: 0, facets: countFacets([]) }

/**
 * The search people make: narrowed by what is known of documents, a page at a time, each hit with its reasons. What
 * leaves nothing to search costs no embedding.
 */
export async function searchLibrary(
  knowledge: Knowledge,
  caller: Caller,
  search: DocumentFilter & { query: string; limit: number; offset: number },
  signal: AbortSignal,
): Promise<LibrarySearch> {
  const { platform } = knowledge
  requirePermission(caller, 'read:documents')
  if (!(await readTenant(platform, caller, (scope) => hasPassages(scope.tx)))) return nothing
  const narrowed = await readTenant(platform, caller, (scope) => listFilteredDocuments(scope.tx, search))
  if (narrowed?.length === 0) return nothing
  const { space, vectors } = await knowledge.embed(caller, [search.query], signal)
  return withTenant(platform, caller, async ({ tx }) => {
    const candidates = await weighCandidates(tx, {
      query: search.query,
      embedding: vectors[0],
      space,
      collectionIds: search.collectionIds,
      documentIds: narrowed ?? search.documentIds,
      limit: candidatesPerRanking,
    })
    const ranked = rankCandidates(candidates)
    const page = ranked.slice(search.offset, search.offset + search.limit)
    const ids = page.map((entry) => entry.id)
    // Made for this search, so that no stored text can hold it.
    const mark = newId()
    const described = await describePassages(tx, ids, { query: search.query, mark })
    const known = new Map(described.map((row) => [row.passage.id, row]))
    const byId = new Map(candidates.map((candidate) => [candidate.passageId, candidate]))
    const hits = page.flatMap((entry, index): LibraryHit[] => {
      const row = known.get(entry.id)
      const candidate = byId.get(entry.id)
      if (!row || !candidate) return []
      const { passage, document, textScore, marked } = row
      const highlights = (marked !== null && readHighlights(marked, mark, passage.text)) || []
      return [
        {
          passage,
          document,
          rank: search.offset + index + 1,
          score: entry.score,
          textRank: candidate.textRank,
          textScore: candidate.textRank === null ? null : textScore,
          wordShare: candidate.wordShare,
          vectorRank: candidate.vectorRank,
          similarity: candidate.similarity,
          matchedTerms: matchedTerms(passage.text, highlights),
          highlights,
        },
      ]
    })
    const counts = await countByDocument(
      tx,
      ranked.map((entry) => entry.id),
    )
    return { hits, total: ranked.length, facets: countFacets(counts) }
  })
}
