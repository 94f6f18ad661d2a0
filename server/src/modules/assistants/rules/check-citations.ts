/** A passage that an answer may refer to by its marker. */
export interface CitablePassage {
  readonly marker: number
  readonly text: string
}

export interface CheckedText {
  /** The text without the marks that nothing stands behind. */
  readonly text: string
  /** Of each passage that is still cited, the words it is cited for: always a part of it, word for word. */
  readonly quotes: ReadonlyMap<number, string>
}

const longestQuote = 280
const marks = /\[(\d{1,4}(?:\s*,\s*\d{1,4})*)\](?!\()/g
const code = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g
const quotation = /[“"„«]([^“”"„«»\n]{8,600})[”"“»]/g

/**
 * Takes away each mark of a passage that was not retrieved or is not permitted, and each that stands behind a quotation
 * which the passage does not hold. A quotation is looked for in the sentence of its mark; white space may differ.
 * @param passages those that were retrieved and may be read by whoever asked
 */
export function checkCitations(text: string, passages: readonly CitablePassage[]): CheckedText {
  const byMarker = new Map(passages.map((passage) => [passage.marker, passage.text]))
  const quotes = new Map<number, string>()
  const inCode = [...text.matchAll(code)].map(
    (match) => [match.index, match.index + match[0].length] as const,
  )
  const checked = text.replace(marks, (whole, list: string, offset: number) => {
    if (inCode.some(([from, to]) => offset >= from && offset < to)) return whole
    const quoted = quotationsBefore(text, offset)
    const kept = list
      .split(',')
      .map(Number)
      .filter((marker) => {
        const passage = byMarker.get(marker)
        if (passage === undefined) return false
        const found = quoted.map((words) => findWords(passage, words)).find((one) => one !== undefined)
        if (quoted.length > 0 && found === undefined) return false
        if (found !== undefined || !quotes.has(marker))
          quotes.set(marker, found ?? passage.slice(0, longestQuote).toWellFormed())
        return true
      })
    return kept.length === 0 ? '' : `[${kept.join(', ')}]`
  })
  return { text: checked.replace(/[ \t]+([.,;:!?])/g, '$1').replace(/[ \t]+$/gm, ''), quotes }
}

/** What is quoted in the sentence that a mark ends. */
function quotationsBefore(text: string, end: number): string[] {
  const before = text.slice(text.lastIndexOf('\n', end - 1) + 1, end)
  const sentence = before.slice(lastSentenceStart(before))
  return [...sentence.matchAll(quotation)].map((match) => match[1] ?? '')
}

/** Where the sentence begins: behind the last end of one that is outside of a quotation, or behind marks before it. */
function lastSentenceStart(text: string): number {
  const plain = text.replace(quotation, (whole) => '_'.repeat(whole.length)).trimEnd()
  let start = 0
  for (const match of plain.matchAll(/[.!?]\s+|\][.!?]?\s+/g)) {
    const next = match.index + match[0].length
    if (next < plain.length) start = next
  }
  return start
}

function findWords(passage: string, words: string): string | undefined {
  const parts = words
    .trim()
    .replace(/[.,;:…]+$/, '')
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(parts.join('\\s+'), 'i').exec(passage)?.[0]
}
