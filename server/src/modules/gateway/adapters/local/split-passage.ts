/** A piece of a passage that can be quoted on its own. */
export interface Unit {
  readonly kind: 'sentence' | 'item' | 'row' | 'code'
  /** One line, except for code. */
  readonly text: string
  /** The heading it stands under inside the passage. */
  readonly heading: string | null
  /** True when it leads to what follows it, as a line that ends with a colon does. */
  readonly introduces: boolean
  /** False where the passage seems to begin or end in the middle of the sentence. */
  readonly whole: boolean
}

const headingPattern = /^\s{0,3}#{1,6}\s+(.+?)\s*#*$/
/** Lines are someone else's text: no pattern may be tried on one of any length unless it reads it once. */
const longestHeading = 300
const bulletPattern = /^\s*(?:[-*+•‣◦▪]|\d{1,3}[.)])\s+(?=\S)/
const rowPattern = /^\s*\|.*\|\s*$/
const separatorPattern = /^\s*\|(?:\s*:?-+:?\s*\|)+\s*$/
const fencePattern = /^\s*(?:```|~~~)/

/**
 * Splits the text of a passage into sentences, list items, table rows and blocks of code, in their order. Knows Markdown
 * and what is left of a page's layout in plain text: wrapped lines, hyphenated words, short lines that are headings.
 */
export function splitPassage(text: string): Unit[] {
  const lines = text.replace(/\r\n?/g, '\n').split('\n')
  const usualLength = lines.reduce((longest, line) => Math.max(longest, line.length), 0)
  const units: Unit[] = []
  let heading: string | null = null
  let paragraph: string[] = []
  let item: string[] = []

  const add = (kind: Unit['kind'], unitText: string, whole = true) => {
    const introduces = kind !== 'code' && /[:：]$/.test(unitText)
    if (unitText.trim() !== '') units.push({ kind, text: unitText, heading, introduces, whole })
  }
  const flush = () => {
    if (item.length > 0) add('item', joinLines(item))
    const sentences = splitSentences(joinLines(paragraph))
    for (const sentence of sentences) add('sentence', sentence, isWhole(sentence))
    item = []
    paragraph = []
  }

  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    const headingText = line.length <= longestHeading ? headingPattern.exec(line)?.[1] : undefined
    if (headingText) {
      flush()
      heading = headingText
    } else if (fencePattern.test(line)) {
      flush()
      let last = index + 1
      while (last < lines.length && !fencePattern.test(lines[last] ?? '')) last++
      add(
        'code',
        lines
          .slice(index + 1, last)
          .join('\n')
          .trimEnd(),
      )
      index = last
    } else if (rowPattern.test(line)) {
      flush()
      let last = index
      while (rowPattern.test(lines[last + 1] ?? '')) last++
      for (const row of readTable(lines.slice(index, last + 1))) add('row', row)
      index = last
    } else if (/^\s*\d/.test(line) && isBareHeading(line, lines[index + 1], usualLength)) {
      flush()
      heading = line.replace(bulletPattern, '').trim()
    } else if (bulletPattern.test(line)) {
      flush()
      item = [line.replace(bulletPattern, '')]
    } else if (line.trim() === '') {
      flush()
    } else if (/^(?: {4}|\t)/.test(line) && paragraph.length === 0 && item.length === 0) {
      let last = index
      while (/^(?: {4}|\t)/.test(lines[last + 1] ?? '')) last++
      add(
        'code',
        lines
          .slice(index, last + 1)
          .map((code) => code.replace(/^(?: {4}|\t)/, ''))
          .join('\n'),
      )
      index = last
    } else if (item.length > 0 && !startsAnew(line, item)) {
      item.push(line)
    } else if (
      paragraph.length === 0 &&
      (isBareHeading(line, lines[index + 1], usualLength) || standsAlone(line, lines, index, usualLength))
    ) {
      if (item.length > 0) flush()
      heading = line.trim()
    } else {
      if (item.length > 0) flush()
      paragraph.push(line)
    }
  }
  flush()
  return units
}

/** A short line without an end, before a line that starts anew, is what a heading looks like once the layout is gone. */
function isBareHeading(line: string, next: string | undefined, usualLength: number): boolean {
  const text = line.trim()
  return (
    couldBeHeading(line, usualLength) &&
    next !== undefined &&
    !bulletPattern.test(next) &&
    /^\s*[\p{Lu}\p{N}]/u.test(next) &&
    next.trim().length > text.length
  )
}

/** So is one with a blank line behind it and text after that, unless it has a number: that may be the very answer. */
function standsAlone(line: string, lines: readonly string[], index: number, usualLength: number): boolean {
  if (lines[index + 1]?.trim() !== '' || !couldBeHeading(line, usualLength) || /\p{N}/u.test(line))
    return false
  return lines.slice(index + 2, index + 5).some((later) => later.trim() !== '')
}

function couldBeHeading(line: string, usualLength: number): boolean {
  const text = line.trim()
  return text.length <= 70 && text.length <= usualLength * 0.7 && !/[.,;:!?…。-]$/.test(text)
}

/** After an item that is complete, a line at the margin with a capital is a paragraph again, not more of the item. */
function startsAnew(line: string, item: readonly string[]): boolean {
  return /^\p{Lu}/u.test(line) && /[.!?:]$/.test((item.at(-1) ?? '').trim())
}

function joinLines(lines: readonly string[]): string {
  const pieces: string[] = []
  for (const line of lines) {
    const next = line.trim()
    const before = pieces.at(-1) ?? ''
    // A word that was split at the end of a line is one word again.
    if (/^\p{Ll}-$/u.test(before.slice(-2)) && /^\p{Ll}/u.test(next)) {
      pieces[pieces.length - 1] = before.slice(0, -1)
      pieces.push(next)
    } else {
      pieces.push(pieces.length === 0 ? next : ` ${next}`)
    }
  }
  return pieces.join('').replace(/\s+/g, ' ').trim()
}

const sentenceEnd = /(?<=[.!?…]["'”’»)\]]{0,3})\s+(?=["'“‘«([]?[\p{Lu}\p{N}])|(?<=[。！？])/u
const abbreviation =
  /(?:^|[\s("“])(?:e\.g|i\.e|etc|vs|cf|al|approx|ca|mr|mrs|ms|dr|prof|st|no|nr|art|sec|fig|vol|pp?|inc|ltd|co|corp|dept|est|z\.\s?b|d\.\s?h|bzw|usw|abs|ggf|inkl|u\.s|\p{Lu})\.$/iu

function splitSentences(paragraph: string): string[] {
  const sentences: string[] = []
  for (const piece of paragraph.split(sentenceEnd)) {
    const text = piece.trim()
    const previous = sentences.at(-1)
    if (previous !== undefined && previous.length < 1_000 && abbreviation.test(previous.slice(-20)))
      sentences[sentences.length - 1] = `${previous} ${text}`
    else if (text !== '') sentences.push(text)
  }
  return sentences
}

function isWhole(sentence: string): boolean {
  return /^["'“‘«([*_`]*[\p{Lu}\p{Lo}\p{N}]/u.test(sentence) && /[.!?…:。！？]["'”’»)\]*_`]*$/u.test(sentence)
}

/** The rows of a table as lines that can be read without it: `Plan: Pro · Price: $20`. */
function readTable(lines: readonly string[]): string[] {
  const hasHeader = separatorPattern.test(lines[1] ?? '')
  const header = hasHeader ? cellsOf(lines[0] ?? '') : []
  return lines.slice(hasHeader ? 2 : 0).flatMap((line) => {
    if (separatorPattern.test(line)) return []
    const cells = cellsOf(line).map((cell, index) =>
      header[index] && cell ? `${header[index]}: ${cell}` : cell,
    )
    return [cells.filter((cell) => cell !== '').join(' · ')]
  })
}

function cellsOf(line: string): string[] {
  return line
    .trim()
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim())
}
