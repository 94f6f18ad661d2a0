import { type Atom, cutIntoAtoms, type Edge, tableHeader } from './cut-atoms.ts'
import { estimateTokens } from './estimate-tokens.ts'
import type { Block, ParsedDocument } from './parsed-document.ts'

/** A passage: what is embedded, found and cited. */
export interface Chunk {
  /** Its place in the document, from 0. */
  ordinal: number
  /**
   * Equals `document.text.slice(startOffset, endOffset)`, behind the line that names the columns where it begins
   * further down in a table.
   */
  text: string
  /** The page it starts on and the page it ends on; null where the format has no pages. */
  page: number | null
  endPage: number | null
  /** The headings it stands under, outermost first, joined by ' › '; null before the first heading. */
  heading: string | null
  startOffset: number
  endOffset: number
  tokenEstimate: number
}

export interface ChunkOptions {
  /** The size aimed at and the size never passed, in estimated tokens. */
  targetTokens?: number
  /** Without it, 1.45 times the target. */
  maxTokens?: number
  /** How much of the passage before is said again at the beginning of each, in whole sentences. Default 0. */
  overlapTokens?: number
}

const DEFAULT_TARGET_TOKENS = 220
const MAX_OVER_TARGET = 320 / DEFAULT_TARGET_TOKENS
const HEADING_SEPARATOR = ' › '
const MAX_HEADING_CHARACTERS = 300

/** What it costs to begin a passage at each kind of edge, against 1 for a passage of next to no text. */
const CUT_COST: Record<Edge, number> = {
  section: 0,
  block: 0.1,
  sentence: 0.4,
  line: 0.8,
  word: 1.5,
  afterHeading: 4,
}
/** What it costs to run on over the start of a section, by the heading's level: few short sections may share one. */
const CROSSING_COSTS = [1.2, 0.8, 0.6]

/**
 * Cuts a document into passages along its structure.
 *
 * The text is first cut into atoms that are never divided: sentences, lines of lists, tables and code, headings.
 * Then the cuts are chosen that make the sum of costs least, by dynamic programming over the whole document: each
 * passage costs the square of its distance from the target, each cut what CUT_COST says, each heading run over what
 * CROSSING_COSTS says. So passages come out even, start at headings and paragraphs where they can, a heading stays
 * with what follows it, and a table or a listing stays whole where it fits; no cases are needed for any of this.
 * Linear in the length of the document.
 *
 * A passage that begins further down in a table has the line that names the columns in front, for its cells mean
 * nothing without. But for that, and unless an overlap is asked for, passages do not overlap: every character belongs to one at most, so a citation is never ambiguous, results hold no
 * doubles, and the text around a passage is one slice away for who needs more context.
 */
export function chunkDocument(document: ParsedDocument, options: ChunkOptions = {}): Chunk[] {
  const targetTokens = options.targetTokens ?? DEFAULT_TARGET_TOKENS
  const maxTokens = options.maxTokens ?? Math.round(targetTokens * MAX_OVER_TARGET)
  if (!(targetTokens > 0 && targetTokens <= maxTokens)) {
    throw new RangeError(
      `the target (${targetTokens}) must be above 0 and at most the maximum (${maxTokens})`,
    )
  }
  const atoms = cutIntoAtoms(document, targetTokens, maxTokens)
  const overlapTokens = options.overlapTokens ?? 0
  const places = new Map(overlapTokens > 0 ? atoms.map((atom, place) => [atom, place]) : [])
  return chooseCuts(atoms, targetTokens, maxTokens).map(([cutAt, last], ordinal) => {
    const first = overlapTokens > 0 ? reachBack(atoms, places.get(cutAt) ?? 0, cutAt, overlapTokens) : cutAt
    const startOffset = first.start
    const endOffset = last.end
    const header = first.headerTokens > 0 ? tableHeader(first.block) : undefined
    const own = document.text.slice(startOffset, endOffset)
    const text = header === undefined ? own : `${header}\n${own}`
    const [page, endPage] = [first.page, last.endPage]
    const heading = headingOf(first.block)
    return {
      ordinal,
      text,
      page,
      endPage,
      heading,
      startOffset,
      endOffset,
      tokenEstimate: estimateTokens(text),
    }
  })
}

/** The atom to begin at so that the end of the passage before is said again; never from another section or table. */
function reachBack(atoms: readonly Atom[], place: number, cutAt: Atom, overlapTokens: number): Atom {
  let first = cutAt
  if (cutAt.edge === 'section') return first
  for (let at = place - 1; at >= 0; at--) {
    const before = atoms[at]
    if (before === undefined || before.block.kind === 'heading' || before.block.kind === 'table') break
    if (cutAt.tokensAtStart - before.tokensAtStart > overlapTokens) break
    first = before
  }
  return first
}

/** The first and last atom of each passage. */
function chooseCuts(atoms: readonly Atom[], targetTokens: number, maxTokens: number): [Atom, Atom][] {
  // cost[i]: the least cost of cutting up the first i atoms; from[i]: where the last passage of that cutting begins.
  const cost = new Float64Array(atoms.length + 1).fill(Number.POSITIVE_INFINITY)
  const from = new Int32Array(atoms.length + 1)
  cost[0] = 0
  for (let end = 1; end <= atoms.length; end++) {
    const last = atoms[end - 1]
    if (last === undefined) break
    let crossings = 0
    for (let start = end - 1; start >= 0; start--) {
      const first = atoms[start]
      if (first === undefined) break
      const tokens = last.tokensAtEnd - first.tokensAtStart + first.headerTokens
      // One atom is never above the maximum, so a way is always found.
      if (tokens > maxTokens && start < end - 1) break
      const total =
        (cost[start] ?? 0) + ((tokens - targetTokens) / targetTokens) ** 2 + CUT_COST[first.edge] + crossings
      if (total < (cost[end] ?? 0)) {
        cost[end] = total
        from[end] = start
      }
      if (first.edge === 'section') crossings += crossingCost(first.block)
    }
  }
  const passages: [Atom, Atom][] = []
  for (let end = atoms.length; end > 0; end = from[end] ?? 0) {
    const first = atoms[from[end] ?? 0]
    const last = atoms[end - 1]
    if (first !== undefined && last !== undefined) passages.push([first, last])
  }
  return passages.reverse()
}

function crossingCost(heading: Block): number {
  return CROSSING_COSTS[(heading.level ?? 1) - 1] ?? CROSSING_COSTS.at(-1) ?? 0
}

function headingOf(block: Block): string | null {
  const path = block.kind === 'heading' ? [...block.headingPath, block.text] : block.headingPath
  if (path.length === 0) return null
  const joined = path.join(HEADING_SEPARATOR)
  return joined.length <= MAX_HEADING_CHARACTERS
    ? joined
    : (path.at(-1) ?? '').slice(0, MAX_HEADING_CHARACTERS).toWellFormed()
}
