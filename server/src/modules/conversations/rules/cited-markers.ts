import type { Citation } from '../contract.ts'

/** The markers an answer uses: `[2]`, `[1, 3]`, `[1][2]`; not the text of a link or of code. */
export function citedMarkers(text: string): ReadonlySet<number> {
  const prose = text.replace(/```[\s\S]*?(```|$)/g, '').replace(/`[^`\n]*`/g, '')
  const found = new Set<number>()
  for (const match of prose.matchAll(/\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\](?!\()/g)) {
    for (const marker of (match[1] ?? '').split(',')) found.add(Number(marker))
  }
  return found
}

/** The citations that the answer refers to. */
export function keepCited(citations: readonly Citation[], text: string): Citation[] {
  const used = citedMarkers(text)
  return citations.filter((citation) => used.has(citation.marker))
}
