import { tokensOfUnit } from './estimate-tokens.ts'
import type { Block, ParsedDocument } from './parsed-document.ts'
import { type Span, splitSentences } from './split-sentences.ts'

/** What stands before an atom: where a passage that begins with it would have cut. */
export type Edge = 'section' | 'block' | 'sentence' | 'line' | 'word' | 'afterHeading'

/** A part of the document that is never divided, and never above the maximum. */
export interface Atom {
  start: number
  end: number
  edge: Edge
  /** Estimated tokens from the start of the document to its start and its end. */
  tokensAtStart: number
  tokensAtEnd: number
  page: number | null
  endPage: number | null
  /** The block it begins in. */
  block: Block
  /** Begins below the first line of a table that names the columns: what that line costs to say again, else 0. */
  headerTokens: number
}

/** Blocks that one paragraph was cut into by page ends, as one run of text. */
interface Run {
  start: number
  end: number
  blocks: Block[]
}

/** Cuts the document into sentences, lines and headings, in order. */
export function cutIntoAtoms(document: ParsedDocument, targetTokens: number, maxTokens: number): Atom[] {
  const atoms: Atom[] = []
  const meter = createTokenMeter(document.text)
  let afterHeading = false
  for (const run of joinRuns(document)) {
    const block = run.blocks[0]
    if (block === undefined) continue
    const isHeading = block.kind === 'heading'
    let edge: Edge = isHeading
      ? afterHeading
        ? 'afterHeading'
        : 'section'
      : afterHeading
        ? 'afterHeading'
        : 'block'
    const header = tableHeader(block)
    const costsTokens = header === undefined ? 0 : tokensBetween(header, 0, header.length)
    for (const part of partsOf(document.text, run, block)) {
      for (const [index, span] of divide(document.text, part, targetTokens, maxTokens).entries()) {
        const blockAt = (offset: number): Block =>
          run.blocks.findLast((b) => b.startOffset <= offset) ?? block
        atoms.push({
          ...span,
          edge: index === 0 ? edge : 'word',
          tokensAtStart: meter(span.start),
          tokensAtEnd: meter(span.end),
          page: blockAt(span.start).page,
          endPage: blockAt(span.end - 1).page,
          block: blockAt(span.start),
          headerTokens: span.start === block.startOffset || costsTokens > targetTokens / 2 ? 0 : costsTokens,
        })
        edge = hasLines(block) ? 'line' : 'sentence'
      }
    }
    afterHeading = isHeading
  }
  return atoms
}

/** The line that names a table's columns. */
export function tableHeader(block: Block): string | undefined {
  return block.hasHeader ? block.text.split('\n', 1)[0] : undefined
}

function joinRuns(document: ParsedDocument): Run[] {
  const runs: Run[] = []
  for (const block of document.blocks) {
    const last = runs.at(-1)
    const gap = last === undefined ? '' : document.text.slice(last.end, block.startOffset)
    if (last !== undefined && !gap.includes('\n')) {
      last.blocks.push(block)
      last.end = block.endOffset
    } else {
      runs.push({ start: block.startOffset, end: block.endOffset, blocks: [block] })
    }
  }
  return runs
}

const hasLines = (block: Block): boolean =>
  block.kind === 'list' || block.kind === 'table' || block.kind === 'code'

function partsOf(text: string, run: Run, block: Block): Span[] {
  if (block.kind === 'heading') return [{ start: run.start, end: run.end }]
  const content = text.slice(run.start, run.end)
  const spans = hasLines(block) ? splitLines(content) : splitSentences(content)
  return spans.map((span) => ({ start: run.start + span.start, end: run.start + span.end }))
}

function splitLines(text: string): Span[] {
  const spans: Span[] = []
  for (const match of text.matchAll(/[^\n]+/g)) {
    const start = match.index + (match[0].length - match[0].trimStart().length)
    const end = match.index + match[0].trimEnd().length
    if (end > start) spans.push({ start, end })
  }
  return spans
}

/** Cuts what is above the maximum into parts of about the target: behind a weak stop, else at white space. */
function divide(text: string, span: Span, targetTokens: number, maxTokens: number): Span[] {
  if (tokensBetween(text, span.start, span.end) <= maxTokens) return [span]
  const parts: Span[] = []
  let start = span.start
  while (start < span.end) {
    const end = findCut(text, start, span.end, targetTokens)
    parts.push({ start, end: start + text.slice(start, end).trimEnd().length })
    start = end
    while (start < span.end && isSpace(text, start)) start++
  }
  return parts
}

function findCut(text: string, start: number, limit: number, targetTokens: number): number {
  let tokens = 0
  let lastSpace = -1
  let lastStop = -1
  let at = start
  for (; at < limit; at++) {
    tokens += tokensOfUnit(text.charCodeAt(at))
    if (tokens > targetTokens && at > start) break
    if (!isSpace(text, at)) continue
    lastSpace = at
    if (WEAK_STOPS.includes(text.charAt(at - 1))) lastStop = at
  }
  if (at === limit) return limit
  if (lastStop - start > (at - start) / 2) return lastStop
  if (lastSpace > start) return lastSpace
  // A word alone is above the target: it is cut, but a surrogate pair never is.
  if (isLowSurrogate(text.charCodeAt(at))) return at - 1 > start ? at - 1 : at + 1
  return at
}

const WEAK_STOPS = '.!?;:,'
const isSpace = (text: string, at: number): boolean => text.charAt(at).trim() === ''
const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff

function tokensBetween(text: string, start: number, end: number): number {
  let tokens = 0
  for (let at = start; at < end; at++) tokens += tokensOfUnit(text.charCodeAt(at))
  return tokens
}

/** Counts tokens up to an offset; the offsets asked for never go back, so the text is walked once. */
function createTokenMeter(text: string): (offset: number) => number {
  let at = 0
  let tokens = 0
  return (offset) => {
    tokens += tokensBetween(text, at, offset)
    at = offset
    return tokens
  }
}
