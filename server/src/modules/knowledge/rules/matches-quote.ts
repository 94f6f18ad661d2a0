/** Shorter overlaps may be chance. */
const overlapAtLeast = 40

/**
 * Whether a passage holds what was quoted. White space and case may differ. Where a document is cut in other places than
 * when it was quoted, a passage counts that is a part of the quote, or shares at least half of it with one of its ends.
 */
export function matchesQuote(passage: string, quote: string): boolean {
  const text = flat(passage)
  const words = flat(quote)
  if (words === '' || text === '') return false
  if (text.includes(words)) return true
  if (text.length >= overlapAtLeast && words.includes(text)) return true
  const half = Math.max(overlapAtLeast, Math.ceil(words.length / 2))
  return half <= words.length && (meets(text, words, half) || meets(words, text, half))
}

/** Whether `before` ends with at least `length` of what `after` begins with. */
function meets(before: string, after: string, length: number): boolean {
  if (after.length < length) return false
  const beginning = after.slice(0, length)
  for (let at = before.indexOf(beginning); at !== -1; at = before.indexOf(beginning, at + 1)) {
    if (after.startsWith(before.slice(at))) return true
  }
  return false
}

function flat(text: string): string {
  return text.replace(/\s+/g, ' ').trim().toLowerCase()
}
