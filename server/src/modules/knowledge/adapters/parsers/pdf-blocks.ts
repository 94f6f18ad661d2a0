import type { DraftBlock } from '../../rules/parsed-document.ts'
import { findCompounds, joinLines, readsOn } from './line-ends.ts'
import type { PdfLine } from './pdf-lines.ts'

export interface PdfPage {
  /** From 1. */
  number: number
  height: number
  regions: PdfLine[][]
}

/** A line is a heading's if its letters are this much larger than the body's, and its block is short. */
const HEADING_SIZE = 1.12
const HEADING_LINES = 3
const HEADING_CHARACTERS = 200
/** Lines whose sizes differ by more are not of one paragraph. */
const SAME_SIZE = 0.08
/** A paragraph ends where the distance of lines grows by this factor. */
const PARAGRAPH_GAP = 1.3
/** A line that ends a sentence and leaves this share of the width empty ends its paragraph. */
const SHORT_LINE = 0.2
/** A line set in by this share of its size begins a paragraph. */
const INDENT = 0.8
/** Running heads and page numbers: within this share of the page's height from its top or end, on this many pages. */
const MARGIN_SHARE = 0.09
const RUNNING_PAGES = 3
/** What a running line is once its numbers are masked: words, or one number alone. Rows of figures are content. */
const RUNNING_LINE = /\p{L}|^[^#]*#[^#]*$/u

/** A line of a table of contents: a title, the dots, a page number. */
const CONTENTS_LINE = / … ?[\divxlc]*$/
const BULLET = /^(?:[•◦▪‣●○■–—*-]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+\S/u

interface Paragraph {
  lines: PdfLine[]
  page: number
  kind: 'text' | 'item' | 'table'
}

/** From the lines of all pages to headings, paragraphs, lists and tables. */
export function buildPdfBlocks(pages: readonly PdfPage[]): DraftBlock[] {
  const running = findRunningLines(pages)
  const bodySize = findBodySize(pages)
  const compounds = findCompounds(pages.flatMap((page) => page.regions.flat().map((line) => line.text)))
  const paragraphs: Paragraph[] = []
  for (const page of pages) {
    for (const region of page.regions) {
      const lines = region.filter((line) => !isMarginal(line, page) || !running.has(runningKey(line)))
      paragraphs.push(...splitParagraphs(lines, page.number, bodySize))
    }
  }
  const levels = headingLevels(paragraphs, bodySize)
  const blocks: DraftBlock[] = []
  for (const paragraph of paragraphs) {
    const block = toBlock(paragraph, levels, compounds)
    const last = blocks.at(-1)
    if (last !== undefined && block.kind === 'list' && last.kind === 'list' && last.page === block.page) {
      last.text += `\n${block.text}`
    } else if (
      last !== undefined &&
      last.kind === 'paragraph' &&
      block.kind === 'paragraph' &&
      readsOn(last.text, block.text)
    ) {
      continueBlock(blocks, last, block, compounds)
    } else {
      blocks.push(block)
    }
  }
  return blocks
}

/** A paragraph that goes on in the next column becomes one; on the next page it stays two blocks that read on. */
function continueBlock(
  blocks: DraftBlock[],
  last: DraftBlock,
  next: DraftBlock,
  compounds: ReadonlySet<string>,
): void {
  const joined = joinLines(last.text, next.text, compounds)
  if (last.page === next.page) {
    last.text = joined
    return
  }
  const cut = joined.length - next.text.length
  const before = joined.slice(0, cut)
  blocks.push({ ...next, continuesAfter: before.endsWith(' ') ? ' ' : '' })
  last.text = before.trimEnd()
}

function splitParagraphs(lines: readonly PdfLine[], page: number, bodySize: number): Paragraph[] {
  const left = Math.min(...lines.map((line) => line.x))
  const right = Math.max(...lines.map((line) => line.endX))
  const leading = medianLeading(lines)
  const paragraphs: Paragraph[] = []
  let current: Paragraph | undefined
  for (const [index, line] of lines.entries()) {
    const previous = lines[index - 1]
    const kind = kindOf(lines, index, bodySize)
    const starts =
      current === undefined ||
      previous === undefined ||
      kind === 'item' ||
      (kind === 'table') !== (current.kind === 'table') ||
      Math.abs(line.size - previous.size) > SAME_SIZE * Math.max(line.size, previous.size) ||
      line.y - previous.y > PARAGRAPH_GAP * Math.max(leading, previous.size) ||
      (current.kind === 'item' && line.x < (current.lines[0]?.x ?? 0) - INDENT * 0.5 * line.size) ||
      (kind === 'text' && current.kind === 'text' && beginsByShape(line, previous, left, right))
    if (starts || current === undefined) {
      current = { lines: [line], page, kind }
      paragraphs.push(current)
    } else {
      current.lines.push(line)
    }
  }
  return paragraphs
}

function beginsByShape(line: PdfLine, previous: PdfLine, left: number, right: number): boolean {
  const endsShort =
    right - previous.endX > SHORT_LINE * (right - left) && /[.!?:。！？]["'”’)]*$/u.test(previous.text)
  const setIn = line.x - left > INDENT * line.size && previous.x - left < INDENT * line.size * 0.5
  return endsShort || setIn
}

/** A row of a table has cells, and so has the line above or below it, as many. */
function kindOf(lines: readonly PdfLine[], index: number, bodySize: number): Paragraph['kind'] {
  const line = lines[index]
  if (line === undefined) return 'text'
  const count = line.cells.length
  if (count > 1 && [lines[index - 1], lines[index + 1]].some((other) => other?.cells.length === count))
    return 'table'
  if (CONTENTS_LINE.test(line.text)) return 'item'
  return BULLET.test(line.text) && roundSize(line.size) < HEADING_SIZE * bodySize ? 'item' : 'text'
}

function medianLeading(lines: readonly PdfLine[]): number {
  const gaps: number[] = []
  for (const [index, line] of lines.entries()) {
    const gap = line.y - (lines[index - 1]?.y ?? line.y)
    if (gap > 0 && gap < 3 * line.size) gaps.push(gap)
  }
  gaps.sort((a, b) => a - b)
  return gaps[Math.floor((gaps.length - 1) / 2)] ?? (lines[0]?.size ?? 0) * 1.2
}

function toBlock(
  paragraph: Paragraph,
  levels: ReadonlyMap<number, number>,
  compounds: ReadonlySet<string>,
): DraftBlock {
  const { lines, page, kind } = paragraph
  if (kind === 'table') {
    return { kind: 'table', text: lines.map((line) => line.cells.join(' | ')).join('\n'), page }
  }
  const text = lines.map((line) => line.text).reduce((joined, line) => joinLines(joined, line, compounds))
  if (kind === 'item') return { kind: 'list', text, page }
  const level = isHeadingShape(paragraph, text) ? levels.get(roundSize(lines[0]?.size ?? 0)) : undefined
  return level === undefined ? { kind: 'paragraph', text, page } : { kind: 'heading', text, level, page }
}

function isHeadingShape(paragraph: Paragraph, text: string): boolean {
  return (
    paragraph.kind === 'text' &&
    paragraph.lines.length <= HEADING_LINES &&
    text.length <= HEADING_CHARACTERS &&
    /\p{L}/u.test(text)
  )
}

/** The sizes that headings have, the largest first, as levels from 1. */
function headingLevels(paragraphs: readonly Paragraph[], bodySize: number): Map<number, number> {
  const sizes = new Set<number>()
  for (const paragraph of paragraphs) {
    const size = roundSize(paragraph.lines[0]?.size ?? 0)
    const text = paragraph.lines.map((line) => line.text).join(' ')
    if (size >= HEADING_SIZE * bodySize && isHeadingShape(paragraph, text)) sizes.add(size)
  }
  return new Map([...sizes].sort((a, b) => b - a).map((size, index) => [size, index + 1]))
}

const roundSize = (size: number): number => Math.round(size * 2) / 2

/** The size that most characters of the document have. */
function findBodySize(pages: readonly PdfPage[]): number {
  const characters = new Map<number, number>()
  for (const line of pages.flatMap((page) => page.regions.flat())) {
    const size = roundSize(line.size)
    characters.set(size, (characters.get(size) ?? 0) + line.text.length)
  }
  let body = 0
  for (const [size, count] of characters) if (count > (characters.get(body) ?? 0)) body = size
  return body
}

/** Lines that stand in the margin of many pages, but for the numbers in them. */
function findRunningLines(pages: readonly PdfPage[]): Set<string> {
  const counts = new Map<string, number>()
  for (const page of pages) {
    const lines = page.regions.flat().filter((line) => isMarginal(line, page))
    for (const key of new Set(lines.map(runningKey))) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const running = [...counts].filter(([key, count]) => count >= RUNNING_PAGES && RUNNING_LINE.test(key))
  return new Set(running.map(([key]) => key))
}

const isMarginal = (line: PdfLine, page: PdfPage): boolean =>
  line.y < MARGIN_SHARE * page.height || line.y > (1 - MARGIN_SHARE) * page.height

const runningKey = (line: PdfLine): string => line.text.replace(/\d+/g, '#')
