import { documentCorrupted, documentTooLong } from '../../errors.ts'
import type { DraftBlock } from '../../rules/parsed-document.ts'
import { isHeaderRow, rowText } from '../../rules/table-text.ts'
import { type OfficePackage, openOfficePackage } from './office-package.ts'
import { walkXml } from './office-xml.ts'
import type { ParserContext } from './parser-limits.ts'
import { createCellReader, type XlsxCell } from './xlsx-cells.ts'
import type { ZipEntry } from './zip-directory.ts'

const WORKBOOK = 'xl/workbook.xml'
/** The columns of a sheet end at XFD. */
const MAX_COLUMNS = 16_384

export function isWorkbook(entries: readonly ZipEntry[]): boolean {
  return entries.some((entry) => entry.name === WORKBOOK)
}

/**
 * Reads a workbook: each sheet under its name, each stretch of rows without an empty one between as a table. Formulas
 * show the value the program that saved the file had worked out.
 */
export function parseXlsx(
  bytes: Uint8Array,
  entries: readonly ZipEntry[],
  { limits, onProgress }: ParserContext,
): { blocks: DraftBlock[] } {
  const file = openOfficePackage(bytes, entries, limits.unpackedLimitBytes)
  const { sheets, date1904 } = readWorkbook(file)
  const readCell = createCellReader(file, date1904)
  const blocks: DraftBlock[] = []
  const budget = { characters: limits.characterLimit }
  for (const [index, sheet] of sheets.entries()) {
    const tables = readSheet(file.read(sheet.part), readCell, budget)
    if (tables.length > 0) blocks.push({ kind: 'heading', level: 1, text: sheet.name })
    blocks.push(...tables)
    onProgress({ done: index + 1, total: sheets.length })
  }
  return { blocks }
}

function readWorkbook(file: OfficePackage): { sheets: { name: string; part: string }[]; date1904: boolean } {
  const part = file.read(WORKBOOK)
  if (part === undefined) throw documentCorrupted()
  const relations = file.relationsOf(WORKBOOK)
  const sheets: { name: string; part: string }[] = []
  let date1904 = false
  walkXml(part, {
    open(name, attributes) {
      if (name === 'workbookPr') date1904 = /^(?:1|true)$/.test(attributes.date1904 ?? '')
      if (name !== 'sheet') return
      const target = relations.get(attributes['r:id'] ?? '')
      // A chart's sheet has no cells.
      if (target?.type === 'worksheet') sheets.push({ name: attributes.name ?? '', part: target.target })
    },
  })
  return { sheets, date1904 }
}

function readSheet(
  part: Uint8Array | undefined,
  readCell: (cell: XlsxCell) => string,
  budget: { characters: number },
): DraftBlock[] {
  if (part === undefined) return []
  const blocks: DraftBlock[] = []
  let rows: string[][] = []
  let row: string[] = []
  let lastRow = 0
  let rowNumber = 0
  let cell: XlsxCell | undefined
  const endTable = (): void => {
    const block = tableBlock(rows)
    if (block !== undefined) blocks.push(block)
    rows = []
  }
  walkXml(part, {
    open(name, { r, t, s }) {
      if (name === 'row') {
        rowNumber = Number(r ?? rowNumber + 1)
        row = []
      } else if (name === 'c') {
        cell = { type: t ?? 'n', style: Number(s ?? 0), value: '', column: columnOf(r) ?? row.length }
      }
    },
    text(text, inside) {
      if (cell !== undefined && (inside === 'v' || inside === 't')) cell.value += text
    },
    close(name) {
      if (name === 'c' && cell !== undefined) {
        const shown = readCell(cell)
        budget.characters -= shown.length
        if (budget.characters < 0) throw documentTooLong()
        if (shown !== '' && cell.column < MAX_COLUMNS) {
          while (row.length < cell.column) row.push('')
          row[cell.column] = shown
        }
        cell = undefined
      } else if (name === 'row' && row.some((shown) => shown.trim() !== '')) {
        if (rowNumber > lastRow + 1) endTable()
        rows.push(row)
        lastRow = rowNumber
      }
    },
  })
  endTable()
  return blocks
}

/** A table without the columns that are empty before its first; one line alone is a paragraph. */
export function tableBlock(rows: readonly string[][]): DraftBlock | undefined {
  let indent = Number.POSITIVE_INFINITY
  for (const row of rows)
    indent = Math.min(
      indent,
      row.findIndex((cell) => cell !== ''),
    )
  const cut = rows.map((row) => row.slice(Math.max(0, indent)))
  const lines = cut.flatMap((row) => rowText(row) ?? [])
  if (lines.length === 0) return undefined
  if (lines.length === 1 && cut[0]?.length === 1) return { kind: 'paragraph', text: lines[0] ?? '' }
  return { kind: 'table', text: lines.join('\n'), hasHeader: isHeaderRow(cut) }
}

/** The column of "BC12", counted from 0. */
function columnOf(reference: string | undefined): number | undefined {
  const letters = /^[A-Z]{1,3}/.exec(reference ?? '')?.[0]
  if (letters === undefined) return undefined
  let column = 0
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64
  return column - 1
}
