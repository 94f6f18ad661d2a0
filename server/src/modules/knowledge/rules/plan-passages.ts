import type { Chunk } from './chunk-document.ts'

export interface StoredPassage {
  id: string
  textHash: string | null
  embeddingSpace: string | null
}

export interface PassagePlan {
  /** Passages whose text is still there: they keep their id and vector, and move to their new place. */
  kept: { id: string; chunk: Chunk }[]
  /** What is new, with its hash: these are embedded. */
  fresh: { chunk: Chunk; textHash: string }[]
  gone: string[]
}

/** What changes when a document is read again. Each stored passage is used once, however often a text is repeated. */
export function planPassages(
  chunks: readonly Chunk[],
  stored: readonly StoredPassage[],
  space: string,
  hash: (chunk: Chunk) => string,
): PassagePlan {
  const free = new Map<string, string[]>()
  for (const { id, textHash, embeddingSpace } of stored) {
    if (textHash === null || embeddingSpace !== space) continue
    free.set(textHash, [...(free.get(textHash) ?? []), id])
  }
  const plan: PassagePlan = { kept: [], fresh: [], gone: [] }
  const used = new Set<string>()
  for (const chunk of chunks) {
    const textHash = hash(chunk)
    const id = free.get(textHash)?.shift()
    if (id === undefined) plan.fresh.push({ chunk, textHash })
    else {
      used.add(id)
      plan.kept.push({ id, chunk })
    }
  }
  plan.gone = stored.filter(({ id }) => !used.has(id)).map(({ id }) => id)
  return plan
}
