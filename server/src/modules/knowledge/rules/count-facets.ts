/** How many of the passages found belong to what, the most first. */
export interface Facets {
  collections: { id: string; count: number }[]
  documents: { id: string; name: string; count: number }[]
  mediaTypes: { mediaType: string; count: number }[]
  authors: { id: string; count: number }[]
}

export interface DocumentCount {
  documentId: string
  documentName: string
  collectionId: string
  mediaType: string
  /** Null for what a program uploaded, or somebody who left. */
  createdBy: string | null
  passages: number
}

export function countFacets(counts: readonly DocumentCount[]): Facets {
  const known = counts.filter((one): one is DocumentCount & { createdBy: string } => one.createdBy !== null)
  return {
    collections: sums(counts, (one) => one.collectionId).map(([id, count]) => ({ id, count })),
    documents: counts
      .map((one) => ({ id: one.documentId, name: one.documentName, count: one.passages }))
      .sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1)),
    mediaTypes: sums(counts, (one) => one.mediaType).map(([mediaType, count]) => ({ mediaType, count })),
    authors: sums(known, (one) => one.createdBy).map(([id, count]) => ({ id, count })),
  }
}

function sums<One extends DocumentCount>(
  counts: readonly One[],
  keyOf: (one: One) => string,
): [string, number][] {
  const byKey = new Map<string, number>()
  for (const one of counts) byKey.set(keyOf(one), (byKey.get(keyOf(one)) ?? 0) + one.passages)
  return [...byKey].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
}
