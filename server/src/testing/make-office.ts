import { strToU8 } from 'fflate'
import { makeZip } from './make-documents.ts'

/** Workbooks and presentations for tests: what their programs write, as far as a reader looks at it. */

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const quoted = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

function relations(entries: readonly { id: string; type: string; target: string }[]): Uint8Array {
  const rows = entries.map(
    ({ id, type, target }) => `<Relationship Id="${id}" Type="${RELATIONS}/${type}" Target="${target}"/>`,
  )
  return strToU8(`${HEAD}<Relationships>${rows.join('')}</Relationships>`)
}

/** A number with a style (0 plain, 1 a date, 2 per cent, 3 a date by a format of its own), or a formula with its value. */
export type SheetCell =
  | string
  | number
  | boolean
  | null
  | { number: number; style: number }
  | { formula: string; value: string }

/** A workbook. Texts go through the shared strings, as Excel writes them; null leaves a cell out, an empty row is left out. */
export function makeXlsx(
  sheets: Record<string, readonly (readonly SheetCell[])[]>,
  extra: Record<string, Uint8Array> = {},
): Uint8Array {
  const strings: string[] = []
  const names = Object.keys(sheets)
  const files: Record<string, Uint8Array> = {}
  for (const [index, rows] of Object.values(sheets).entries()) {
    const body = rows.map((row, at) => (row.length === 0 ? '' : rowXml(row, at + 1, strings))).join('')
    files[`xl/worksheets/sheet${index + 1}.xml`] = strToU8(
      `${HEAD}<worksheet><sheetData>${body}</sheetData></worksheet>`,
    )
  }
  const list = names.map(
    (name, at) => `<sheet name="${quoted(name)}" sheetId="${at + 1}" r:id="rId${at + 1}"/>`,
  )
  return makeZip({
    '[Content_Types].xml': strToU8(`${HEAD}<Types/>`),
    'xl/workbook.xml': strToU8(`${HEAD}<workbook xmlns:r="r"><sheets>${list.join('')}</sheets></workbook>`),
    'xl/_rels/workbook.xml.rels': relations(
      names.map((_, at) => ({
        id: `rId${at + 1}`,
        type: 'worksheet',
        target: `worksheets/sheet${at + 1}.xml`,
      })),
    ),
    'xl/sharedStrings.xml': strToU8(
      `${HEAD}<sst>${strings.map((text) => `<si><t>${quoted(text)}</t></si>`).join('')}</sst>`,
    ),
    'xl/styles.xml': strToU8(
      `${HEAD}<styleSheet><numFmts><numFmt numFmtId="164" formatCode="dd\\.mm\\.yyyy hh:mm"/></numFmts>` +
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="9"/><xf numFmtId="164"/></cellXfs></styleSheet>',
    ),
    ...files,
    ...extra,
  })
}

function rowXml(row: readonly SheetCell[], number: number, strings: string[]): string {
  const cells = row.map((cell, at) => {
    const place = `r="${String.fromCharCode(65 + at)}${number}"`
    if (cell === null) return ''
    if (typeof cell === 'string') return `<c ${place} t="s"><v>${strings.push(cell) - 1}</v></c>`
    if (typeof cell === 'boolean') return `<c ${place} t="b"><v>${cell ? 1 : 0}</v></c>`
    if (typeof cell === 'number') return `<c ${place}><v>${cell}</v></c>`
    if ('formula' in cell)
      return `<c ${place} t="str"><f>${quoted(cell.formula)}</f><v>${quoted(cell.value)}</v></c>`
    return `<c ${place} s="${cell.style}"><v>${cell.number}</v></c>`
  })
  return `<row r="${number}">${cells.join('')}</row>`
}

export interface Slide {
  title: string
  points?: string[]
  table?: string[][]
  notes?: string
}

export function makePptx(slides: readonly Slide[], extra: Record<string, Uint8Array> = {}): Uint8Array {
  const files: Record<string, Uint8Array> = {}
  for (const [index, slide] of slides.entries()) {
    const number = index + 1
    const points = shapeXml('body', slide.points ?? [])
    // The title stands last in the file, as it does where somebody added it later.
    files[`ppt/slides/slide${number}.xml`] = strToU8(
      `${HEAD}<p:sld><p:cSld><p:spTree>${points}${tableXml(slide.table ?? [])}${shapeXml('title', [slide.title])}${shapeXml('sldNum', [`${number}`])}</p:spTree></p:cSld></p:sld>`,
    )
    if (slide.notes === undefined) continue
    files[`ppt/slides/_rels/slide${number}.xml.rels`] = relations([
      { id: 'rId1', type: 'notesSlide', target: `../notesSlides/notesSlide${number}.xml` },
    ])
    files[`ppt/notesSlides/notesSlide${number}.xml`] = strToU8(
      `${HEAD}<p:notes><p:cSld><p:spTree>${shapeXml('body', [slide.notes])}</p:spTree></p:cSld></p:notes>`,
    )
  }
  const order = slides.map((_, at) => `<p:sldId id="${256 + at}" r:id="rId${at + 1}"/>`).join('')
  return makeZip({
    '[Content_Types].xml': strToU8(`${HEAD}<Types/>`),
    'ppt/presentation.xml': strToU8(
      `${HEAD}<p:presentation><p:sldIdLst>${order}</p:sldIdLst></p:presentation>`,
    ),
    'ppt/_rels/presentation.xml.rels': relations(
      slides.map((_, at) => ({ id: `rId${at + 1}`, type: 'slide', target: `slides/slide${at + 1}.xml` })),
    ),
    ...files,
    ...extra,
  })
}

const paragraphXml = (text: string): string => `<a:p><a:r><a:t>${quoted(text)}</a:t></a:r></a:p>`

function shapeXml(place: string, paragraphs: readonly string[]): string {
  const text = paragraphs.map(paragraphXml).join('')
  return `<p:sp><p:nvSpPr><p:nvPr><p:ph type="${place}"/></p:nvPr></p:nvSpPr><p:txBody>${text}</p:txBody></p:sp>`
}

function tableXml(rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const body = rows.map(
    (row) =>
      `<a:tr>${row.map((cell) => `<a:tc><a:txBody>${paragraphXml(cell)}</a:txBody></a:tc>`).join('')}</a:tr>`,
  )
  return `<p:graphicFrame><a:graphic><a:graphicData><a:tbl>${body.join('')}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>`
}
