import { type Options, parse } from 'csv-parse/sync'
import { documentCorrupted, documentTooLong } from '../../errors.ts'
import type { DraftBlock } from '../../rules/parsed-document.ts'
import { isHeaderRow, rowText } from '../../rules/table-text.ts'

const DELIMITERS = [',', ';', '\t', '|'] as const
const SAMPLE_LINES = 60

/** Reads rows of text, whichever of comma, semicolon, tab or bar parts their cells. */
export function parseCsv(text: string, characterLimit: number): DraftBlock[] {
  if (text.length > 2 * characterLimit) throw documentTooLong({ details: { characterLimit } })
  const delimiter = sniffDelimiter(text) ?? ','
  const rows = readRows(text, delimiter).filter((row) => row.some((cell) => cell.trim() !== ''))
  const lines = rows.flatMap((row) => rowText(row) ?? [])
  return lines.length === 0 ? [] : [{ kind: 'table', text: lines.join('\n'), hasHeader: isHeaderRow(rows) }]
}

/** What parts the cells: what cuts the first lines into the same number of cells, and into most. */
export function sniffDelimiter(text: string): string | undefined {
  const sample = text.split(/\r\n?|\n/, SAMPLE_LINES)
  // The last line of a sample may be cut within a quoted cell.
  const head = (text.length > sample.join('\n').length + 2 ? sample.slice(0, -1) : sample).join('\n')
  let best: { delimiter: string; score: number } | undefined
  for (const delimiter of DELIMITERS) {
    const widths = cellCounts(head, delimiter)
    const width = mostFrequent(widths)
    if (width < 2) continue
    const even = widths.filter((one) => one === width).length / widths.length
    const score = even * even * Math.min(width, 8)
    if (even >= 0.6 && score > (best?.score ?? 0)) best = { delimiter, score }
  }
  return best?.delimiter
}

function cellCounts(head: string, delimiter: string): number[] {
  try {
    return readRows(head, delimiter).map((row) => row.length)
  } catch {
    return []
  }
}

function mostFrequent(numbers: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0] ?? 0
}

function readRows(text: string, delimiter: string): string[][] {
  const options: Options = {
    delimiter,
    bom: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: 1_000_000,
  }
  try {
    // Without `columns` every record is a list of texts; the declared type covers both shapes.
    return parse(text, options) as unknown as string[][]
  } catch (cause) {
    throw documentCorrupted({
      message:
        'This table cannot be read: a quoted cell is never closed. Save it anew as CSV and upload that.',
      cause,
    })
  }
}
