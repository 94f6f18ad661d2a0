/** A part of a text: `text.slice(start, end)`, without white space at either end. */
export interface Span {
  start: number
  end: number
}

/**
 * A full stop, question or exclamation mark, what may close behind it, and the white space before the next sentence;
 * or an East Asian full stop, which needs no space; or an empty line. The look behind keeps it linear in "......".
 */
const BOUNDARY = /(?<![.!?…])[.!?…]+["'”’»)\]]*\s+|[。！？]+["'”’」』）]*\s*|\n\s*\n/gu

/** Ends with a full stop but no sentence. Compared without the stop, in lower case. */
const ABBREVIATIONS = new Set(
  (
    'mr mrs ms dr prof sr jr st mt rev hon gen col sgt capt lt no nos vol vols ch sec fig figs eq eqs ref refs ' +
    'art para p pp ed eds al etc vs e.g i.e cf approx dept est inc ltd co corp jan feb mar apr jun jul aug sep sept ' +
    'oct nov dec a.m p.m u.s u.k'
  ).split(' '),
)

const WORD_BEFORE_STOP = /([\p{L}\p{N}][\p{L}\p{N}.]*)\.$/u
const STARTS_LOWER_CASE = /^["'“‘«(]*\p{Ll}/u
const SINGLE_LETTER = /^\p{L}$/u
/** How far back the word before a full stop can begin: longer than any abbreviation. */
const WORD_REACH = 16

/**
 * Cuts prose into sentences by punctuation. A full stop does not end a sentence behind a known abbreviation or an
 * initial ("J. Smith"), nor before a lower-case letter. Linear in the text; the spans cover all that is no white space.
 */
export function splitSentences(text: string): Span[] {
  const spans: Span[] = []
  let start = skipSpace(text, 0)
  for (const match of text.matchAll(BOUNDARY)) {
    const next = match.index + match[0].length
    if (match.index < start || next >= text.length) continue
    if (!endsSentence(text, match[0], match.index, next)) continue
    const end = match.index + match[0].trimEnd().length
    if (end > start) spans.push({ start, end })
    start = skipSpace(text, next)
  }
  const end = text.trimEnd().length
  if (end > start) spans.push({ start, end })
  return spans
}

function endsSentence(text: string, mark: string, at: number, next: number): boolean {
  if (!mark.startsWith('.')) return true
  const following = text.slice(next, next + 4)
  if (STARTS_LOWER_CASE.test(following)) return false
  if (mark.trimEnd() !== '.') return true
  const before = text.slice(Math.max(0, at - WORD_REACH), at + 1)
  const word = WORD_BEFORE_STOP.exec(before)?.[1]
  if (word === undefined) return true
  return !ABBREVIATIONS.has(word.toLowerCase()) && !isInitial(word)
}

const isInitial = (word: string): boolean => SINGLE_LETTER.test(word) && word !== 'I'

function skipSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && text.charAt(at).trim() === '') at++
  return at
}
