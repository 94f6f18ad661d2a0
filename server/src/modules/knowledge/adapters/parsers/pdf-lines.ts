/**
 * From the pieces of text on a PDF page to its lines in reading order. A PDF knows only where glyphs stand:
 *
 *   pieces (as the file draws them) → fragments (pieces that touch, on one base line) → regions (columns, and what
 *   spans them, in reading order) → lines (the fragments of a region on one base line)
 *
 * All lengths are points; y grows downwards from the top of the page as it is shown.
 */
export interface PdfPiece {
  text: string
  x: number
  y: number
  width: number
  size: number
}

export interface PdfLine {
  text: string
  /** The parts of the line between wide gaps: the cells of a table's row, or one. */
  cells: string[]
  x: number
  endX: number
  y: number
  size: number
}

interface Fragment extends PdfPiece {
  endX: number
}

/** Shares of the font size: two base lines are one up to this distance; a gap is a space, or the end of a fragment. */
const SAME_LINE = 0.45
const WORD_GAP = 0.15
const FRAGMENT_GAP = 1.5

/** A column's lines: at least so many, with so many characters and this share of the page's width. */
const COLUMN_LINES = 5
const COLUMN_LINE_CHARACTERS = 20
const COLUMN_LINE_WIDTH = 0.2
const MAX_COLUMN_DEPTH = 2
/** Pages of more fragments than this are no prose; they are read from top to bottom. */
const MAX_COLUMN_FRAGMENTS = 3_000

/** The dots that lead from a title to its page number in a table of contents. */
const LEADER = /\s*(?:\.\s*){4,}/gu

/** The lines of a page, region by region, in reading order. */
export function readPdfLines(pieces: readonly PdfPiece[]): PdfLine[][] {
  return splitColumns(joinPieces(pieces), 0)
    .map((region) => joinFragments(region))
    .filter((lines) => lines.length > 0)
}

function joinPieces(pieces: readonly PdfPiece[]): Fragment[] {
  const fragments: Fragment[] = []
  let last: Fragment | undefined
  for (const piece of pieces) {
    if (piece.text === '' || !(piece.size > 0)) continue
    if (last !== undefined && piece.text.trim() === '') {
      // A space of its own is a space; as wide as a gap it is the gap between two cells.
      const sameLine = Math.abs(piece.y - last.y) <= SAME_LINE * last.size && piece.x >= last.x
      if (sameLine && piece.width <= FRAGMENT_GAP * last.size) {
        last.text += ' '
        last.endX = Math.max(last.endX, piece.x + piece.width)
      }
      continue
    }
    const size = Math.max(piece.size, last?.size ?? 0)
    const gap = last === undefined ? 0 : piece.x - last.endX
    const sameLine = last !== undefined && Math.abs(piece.y - last.y) <= SAME_LINE * size
    // Bold is sometimes drawn as the same text twice, a hair apart.
    const drawnTwice =
      sameLine && last?.text === piece.text && Math.abs(piece.x - (last?.x ?? 0)) < 0.2 * size
    if (drawnTwice) continue
    if (last !== undefined && sameLine && gap > -0.5 * size && gap <= FRAGMENT_GAP * size) {
      last.text += needsSpace(last.text, piece.text, gap, size) ? ` ${piece.text}` : piece.text
      last.endX = Math.max(last.endX, piece.x + piece.width)
      last.size = size
      continue
    }
    last = { ...piece, endX: piece.x + piece.width }
    fragments.push(last)
  }
  for (const fragment of fragments) fragment.text = fragment.text.trim()
  return fragments.filter((fragment) => fragment.text !== '')
}

function needsSpace(left: string, right: string, gap: number, size: number): boolean {
  return gap > WORD_GAP * size && !/\s$/u.test(left) && !/^\s/u.test(right)
}

/**
 * Finds a gutter: an upright strip that only a few fragments cross, with the lines of a column on either side. What
 * crosses it (titles, wide figures' captions) parts the page into bands; in each band the left column is read first.
 */
function splitColumns(fragments: Fragment[], depth: number): Fragment[][] {
  const gutter = depth < MAX_COLUMN_DEPTH ? findGutter(fragments) : null
  if (gutter === null) return [fragments]
  const regions: Fragment[][] = []
  let left: Fragment[] = []
  let right: Fragment[] = []
  let spanning: Fragment[] = []
  const flushColumns = (): void => {
    for (const column of [left, right])
      if (column.length > 0) regions.push(...splitColumns(column, depth + 1))
    left = []
    right = []
  }
  for (const fragment of fragments.toSorted((a, b) => a.y - b.y)) {
    if (fragment.x < gutter && fragment.endX > gutter) {
      flushColumns()
      spanning.push(fragment)
      continue
    }
    if (spanning.length > 0) regions.push(spanning)
    spanning = []
    if (fragment.endX <= gutter) left.push(fragment)
    else right.push(fragment)
  }
  if (spanning.length > 0) regions.push(spanning)
  flushColumns()
  return regions
}

function findGutter(fragments: readonly Fragment[]): number | null {
  if (fragments.length < 2 * COLUMN_LINES || fragments.length > MAX_COLUMN_FRAGMENTS) return null
  const left = Math.min(...fragments.map((fragment) => fragment.x))
  const width = Math.max(...fragments.map((fragment) => fragment.endX)) - left
  const isColumnLine = (fragment: Fragment): boolean =>
    fragment.text.length >= COLUMN_LINE_CHARACTERS && fragment.endX - fragment.x >= COLUMN_LINE_WIDTH * width
  const narrow = fragments.filter((fragment) => fragment.endX - fragment.x < 0.6 * width)
  const lines = narrow.filter(isColumnLine).toSorted((a, b) => a.x - b.x)
  const wideCharacters = countCharacters(fragments) - countCharacters(narrow)
  if (lines.length < 2 * COLUMN_LINES || wideCharacters > countCharacters(lines)) return null
  let reach = Number.NEGATIVE_INFINITY
  for (const [index, line] of lines.entries()) {
    const leftCount = index
    if (line.x > reach && leftCount >= COLUMN_LINES && lines.length - leftCount >= COLUMN_LINES) {
      return (reach + line.x) / 2
    }
    reach = Math.max(reach, line.endX)
  }
  return null
}

const countCharacters = (fragments: readonly Fragment[]): number =>
  fragments.reduce((sum, fragment) => sum + fragment.text.length, 0)

function joinFragments(region: readonly Fragment[]): PdfLine[] {
  const rows: Fragment[][] = []
  let row: Fragment[] = []
  for (const fragment of region.toSorted((a, b) => a.y - b.y)) {
    const first = row[0]
    if (first !== undefined && fragment.y - first.y > SAME_LINE * Math.min(first.size, fragment.size)) {
      rows.push(row)
      row = []
    }
    row.push(fragment)
  }
  if (row.length > 0) rows.push(row)
  return rows.map((fragments) => toLine(fragments.toSorted((a, b) => a.x - b.x)))
}

function toLine(fragments: readonly Fragment[]): PdfLine {
  const cells: string[] = []
  let x = Number.POSITIVE_INFINITY
  let endX = Number.NEGATIVE_INFINITY
  let main: Fragment | undefined
  for (const fragment of fragments) {
    const gap = fragment.x - endX
    const size = Math.max(fragment.size, main?.size ?? 0)
    const text = fragment.text.replace(LEADER, ' … ')
    const previous = cells.pop()
    if (previous === undefined) cells.push(text)
    else if (gap > FRAGMENT_GAP * size) cells.push(previous, text)
    else cells.push(previous + (gap > WORD_GAP * size ? ' ' : '') + text)
    x = Math.min(x, fragment.x)
    endX = Math.max(endX, fragment.endX)
    if (main === undefined || fragment.text.length > main.text.length) main = fragment
  }
  return { text: cells.join(' '), cells, x, endX, y: main?.y ?? 0, size: main?.size ?? 0 }
}
