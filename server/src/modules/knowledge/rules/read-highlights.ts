/** A stretch of a text, in UTF-16 code units. */
export interface Stretch {
  start: number
  end: number
}

/**
 * Where a text was marked, from the text with a mark before and after each word. Undefined when what is between the
 * marks is not the text itself: offsets into another text would mark the wrong words.
 */
export function readHighlights(marked: string, mark: string, text: string): Stretch[] | undefined {
  const pieces = marked.split(mark)
  if (pieces.join('') !== text) return undefined
  const highlights: Stretch[] = []
  let at = 0
  for (const [index, piece] of pieces.entries()) {
    // Every second piece stands between a mark and the next.
    if (index % 2 === 1) highlights.push({ start: at, end: at + piece.length })
    at += piece.length
  }
  return highlights
}

/** The marked words as they stand in the text, each once whatever its case, in the order they come. */
export function matchedTerms(text: string, highlights: readonly Stretch[]): string[] {
  return [...new Set(highlights.map(({ start, end }) => text.slice(start, end).toLowerCase()))]
}
