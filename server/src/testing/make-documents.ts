import { buffer } from 'node:stream/consumers'
import { deflateSync } from 'node:zlib'
import { strToU8, zipSync } from 'fflate'
import PDFDocument from 'pdfkit'

/**
 * Documents for tests, the demonstration and the benchmark, made when they are needed: good ones, and the kinds of bad
 * ones that people and attackers upload. The same arguments always give the same text.
 */

const SITES = 'Harlow Kestrel Brandt Osprey Lindqvist Marlowe Tern Aldous Quill Ferris'.split(' ')
const PARTS =
  'intake screen,booster pump,relief valve,settling tank,chlorine doser,flow meter,standby generator'.split(
    ',',
  )
const ROLES = 'shift supervisor,duty engineer,laboratory technician,maintenance planner,safety officer'.split(
  ',',
)
const CAUSES = 'worn bearings,blocked strainers,a failed sensor,silt after heavy rain,a loose coupling'.split(
  ',',
)

/** A page of prose about one water works: one heading, and paragraphs with figures that no other page has. */
export function makeProse(page: number, paragraphs = 5): { heading: string; paragraphs: string[] } {
  const random = createRandom(page * 7919 + 17)
  const pick = (list: readonly string[]): string => list[Math.floor(random() * list.length)] ?? ''
  const number = (low: number, high: number): number => low + Math.floor(random() * (high - low))
  const site = `${SITES[page % SITES.length] ?? ''} Station ${Math.floor(page / SITES.length) + 1}`
  const sentence = (): string => {
    const templates = [
      () => `The ${pick(PARTS)} at ${site} is inspected every ${number(3, 90)} days by the ${pick(ROLES)}.`,
      () => `In ${number(1961, 2024)} the works replaced the ${pick(PARTS)} because of ${pick(CAUSES)}.`,
      () =>
        `Pressure above ${number(3, 16)}.${number(1, 9)} bar must be reported to the ${pick(ROLES)} within ${number(5, 55)} minutes.`,
      () => `During the night ${number(120, 980)} cubic metres an hour pass through the ${pick(PARTS)}.`,
      () =>
        `If the ${pick(PARTS)} fails, open the bypass, note the time and call extension ${number(1000, 9999)}.`,
      () => `Operators found ${pick(CAUSES)} in ${number(2, 40)} of ${number(41, 300)} cases that year.`,
      () => `A spare for the ${pick(PARTS)} is kept in store ${number(1, 30)}, shelf ${number(1, 12)}.`,
    ]
    return (templates[Math.floor(random() * templates.length)] ?? templates[0] ?? (() => ''))()
  }
  return {
    heading: `${page + 1}. Operating notes for ${site}`,
    paragraphs: Array.from({ length: paragraphs }, () => Array.from({ length: 6 }, sentence).join(' ')),
  }
}

export interface PdfOptions {
  pages: number
  /** The file then opens only with this password. */
  userPassword?: string
}

/** A PDF of prose, about 2,500 characters a page, with a running foot and page numbers. */
export async function makePdf({ pages, userPassword }: PdfOptions): Promise<Uint8Array> {
  const document = new PDFDocument({
    autoFirstPage: false,
    ...(userPassword === undefined ? {} : { userPassword }),
  })
  for (let page = 0; page < pages; page++) {
    const { heading, paragraphs } = makeProse(page)
    document.addPage()
    document.fontSize(18).text(heading).fontSize(10)
    for (const paragraph of paragraphs) document.moveDown().text(paragraph, { align: 'justify' })
    // The foot stands below the margin, where the library would begin a new page.
    document.page.margins.bottom = 0
    document
      .fontSize(8)
      .text(`Water works handbook, page ${page + 1} of ${pages}`, 72, 750, { lineBreak: false })
  }
  return await finish(document)
}

/** A PDF drawn by the caller. */
export async function drawPdf(draw: (document: PDFDocument) => void): Promise<Uint8Array> {
  const document = new PDFDocument()
  draw(document)
  return await finish(document)
}

async function finish(document: PDFDocument): Promise<Uint8Array> {
  const bytes = buffer(document)
  document.end()
  return new Uint8Array(await bytes)
}

/** A PDF of many pages that share one line of text, made in milliseconds. */
export function makeLongPdf(pages: number): Uint8Array {
  return writePdf(pages, Buffer.from('BT /F1 12 Tf 72 700 Td (Nothing to see here.) Tj ET'))
}

/** A PDF as a scanner makes it: a picture on each page, no text. */
export function makeScannedPdf(pages = 2): Uint8Array {
  const picture = 'q 400 0 0 500 72 100 cm BI /W 2 /H 2 /CS /G /BPC 8 ID \x20\x80\xc0\xf0 EI Q'
  return writePdf(pages, Buffer.from(picture, 'latin1'))
}

/** A PDF whose page unpacks from a megabyte or so to this many megabytes of white space. */
export function makePdfBomb(megabytes: number): Uint8Array {
  const packed = deflateSync(Buffer.alloc(megabytes * 1024 * 1024, ' '), { level: 1 })
  return writePdf(1, packed, '/Filter /FlateDecode ')
}

/** The head of a PDF with the rest cut off and overwritten. */
export async function makeCorruptedPdf(): Promise<Uint8Array> {
  const bytes = (await makePdf({ pages: 2 })).slice(0, 900)
  bytes.fill(0x41, 200)
  return bytes
}

/** Pages that share one content stream; the objects are 1 catalog, 2 page tree, 3 font, 4 content, then the pages. */
function writePdf(pages: number, content: Buffer, filter = ''): Uint8Array {
  const parts: Buffer[] = [Buffer.from('%PDF-1.4\n')]
  const offsets: number[] = []
  let length = parts[0]?.length ?? 0
  const append = (part: Buffer): void => {
    parts.push(part)
    length += part.length
  }
  const object = (body: string | Buffer): void => {
    offsets.push(length)
    append(Buffer.from(`${offsets.length} 0 obj\n`))
    append(typeof body === 'string' ? Buffer.from(body) : body)
    append(Buffer.from('\nendobj\n'))
  }
  const kids = Array.from({ length: pages }, (_, page) => `${page + 5} 0 R`).join(' ')
  object('<< /Type /Catalog /Pages 2 0 R >>')
  object(`<< /Type /Pages /Count ${pages} /Kids [${kids}] >>`)
  object('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>')
  const head = Buffer.from(`<< ${filter}/Length ${content.length} >>\nstream\n`)
  object(Buffer.concat([head, content, Buffer.from('\nendstream')]))
  const page = '/Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R'
  for (let index = 0; index < pages; index++) object(`<< ${page} /Resources << /Font << /F1 3 0 R >> >> >>`)
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('')
  const size = offsets.length + 1
  append(
    Buffer.from(
      `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${length}\n%%EOF\n`,
    ),
  )
  return new Uint8Array(Buffer.concat(parts))
}

export type DocxPart = { heading: string; level: 1 | 2 | 3 } | { paragraph: string } | { table: string[][] }

const WORD_NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
const XML_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'

/** A Word document with headings, paragraphs and tables. `extra` files go into the archive beside it. */
export function makeDocx(parts: readonly DocxPart[], extra: Record<string, Uint8Array> = {}): Uint8Array {
  const body = parts.map(docxPart).join('')
  return makeZip({
    ...docxFrame(),
    'word/document.xml': strToU8(wordXml('document', `<w:body>${body}</w:body>`)),
    ...extra,
  })
}

function docxFrame(): Record<string, Uint8Array> {
  const word = 'application/vnd.openxmlformats-officedocument.wordprocessingml'
  const packaged = 'http://schemas.openxmlformats.org/package/2006'
  const related = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const styles = [1, 2, 3].map(
    (level) =>
      `<w:style w:type="paragraph" w:styleId="Heading${level}"><w:name w:val="heading ${level}"/></w:style>`,
  )
  return {
    '[Content_Types].xml': strToU8(
      `${XML_HEAD}<Types xmlns="${packaged}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="${word}.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="${word}.styles+xml"/></Types>`,
    ),
    '_rels/.rels': strToU8(
      `${XML_HEAD}<Relationships xmlns="${packaged}/relationships"><Relationship Id="rId1" Type="${related}/officeDocument" Target="word/document.xml"/></Relationships>`,
    ),
    'word/_rels/document.xml.rels': strToU8(
      `${XML_HEAD}<Relationships xmlns="${packaged}/relationships"><Relationship Id="rId1" Type="${related}/styles" Target="styles.xml"/></Relationships>`,
    ),
    'word/styles.xml': strToU8(wordXml('styles', styles.join(''))),
  }
}

const wordXml = (name: string, content: string): string =>
  `${XML_HEAD}<w:${name} ${WORD_NAMESPACE}>${content}</w:${name}>`

function docxPart(part: DocxPart): string {
  if ('table' in part) {
    const rows = part.table.map((cells) => {
      const row = cells.map((cell) => `<w:tc>${docxParagraph(cell)}</w:tc>`).join('')
      return `<w:tr>${row}</w:tr>`
    })
    return `<w:tbl>${rows.join('')}</w:tbl>`
  }
  return 'heading' in part
    ? docxParagraph(part.heading, `Heading${part.level}`)
    : docxParagraph(part.paragraph)
}

function docxParagraph(text: string, style?: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  const properties = style === undefined ? '' : `<w:pPr><w:pStyle w:val="${style}"/></w:pPr>`
  return `<w:p>${properties}<w:r><w:t xml:space="preserve">${escaped}</w:t></w:r></w:p>`
}

/** A Word document whose text part unpacks to this many megabytes; with `lies`, the directory claims one kilobyte. */
export function makeDocxBomb(megabytes: number, lies: boolean): Uint8Array {
  const bytes = makeDocx([], { 'word/document.xml': new Uint8Array(megabytes * 1024 * 1024).fill(0x20) })
  if (lies) claimUnpackedBytes(bytes, 'word/document.xml', 1024)
  return bytes
}

const DIRECTORY_RECORD = Buffer.from('PK\x01\x02', 'latin1')

/** Overwrites what the archive's directory says about the size of a file. */
function claimUnpackedBytes(bytes: Uint8Array, name: string, claimed: number): void {
  const archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (
    let at = archive.indexOf(DIRECTORY_RECORD);
    at !== -1;
    at = archive.indexOf(DIRECTORY_RECORD, at + 4)
  ) {
    const end = at + 46 + archive.readUInt16LE(at + 28)
    if (archive.toString('utf8', at + 46, end) === name) archive.writeUInt32LE(claimed, at + 24)
  }
}

/** A ZIP archive. Its dates are fixed, so that its bytes are too. */
export function makeZip(files: Record<string, Uint8Array>): Uint8Array {
  return zipSync(files, { mtime: new Date(2020, 0, 1) })
}

/** Numbers in [0, 1) from a seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
