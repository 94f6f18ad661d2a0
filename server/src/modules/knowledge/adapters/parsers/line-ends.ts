/** What happens where one line of set text meets the next: words cut by hyphens, paragraphs that read on. */

const LETTERS_AND_HYPHEN = /(\p{L}+)[-\u2010\u00ad]$/u
const LOWER_CASE_WORD = /^(\p{Ll}\p{L}*)/u
const COMPOUND = /(?<!\p{L})\p{L}+-\p{L}+(?!\p{L})/gu
const EAST_ASIAN_END = /[\u3000-\u30ff\u3400-\u9fff\uff00-\uff60]$/u
const EAST_ASIAN_START = /^[\u3000-\u30ff\u3400-\u9fff\uff00-\uff60]/u
const SENTENCE_END = /[.!?:;。！？…]["'”’»)\]]*$/u

/** The words that the text itself writes with a hyphen, in lower case. */
export function findCompounds(lines: readonly string[]): Set<string> {
  const compounds = new Set<string>()
  for (const line of lines) for (const match of line.matchAll(COMPOUND)) compounds.add(match[0].toLowerCase())
  return compounds
}

/**
 * Joins two lines of one paragraph. A hyphen between a letter and a lower-case letter goes, unless the text writes that
 * word with a hyphen elsewhere too ("well-known" cut at its hyphen stays "well-known").
 */
export function joinLines(left: string, right: string, compounds: ReadonlySet<string>): string {
  const head = LETTERS_AND_HYPHEN.exec(left.slice(-80))?.[1]
  const tail = LOWER_CASE_WORD.exec(right)?.[1]
  if (head !== undefined && tail !== undefined) {
    const isCompound = !left.endsWith('\u00ad') && compounds.has(`${head}-${tail}`.toLowerCase())
    return isCompound ? left + right : left.slice(0, -1) + right
  }
  if (EAST_ASIAN_END.test(left) && EAST_ASIAN_START.test(right)) return left + right
  return `${left} ${right}`
}

/** Whether a paragraph breaks off, by a column's or page's end, and the next one goes on with it. */
export function readsOn(left: string, right: string): boolean {
  return !SENTENCE_END.test(left.slice(-8)) && LOWER_CASE_WORD.test(right)
}
