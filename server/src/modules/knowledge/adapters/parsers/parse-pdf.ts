import { getDocumentProxy, getResolvedPDFJS } from 'unpdf'
import {
  documentCorrupted,
  documentEncrypted,
  documentTooLong,
  documentTooManyPages,
  documentWithoutText,
} from '../../errors.ts'
import { listPages } from '../../rules/list-pages.ts'
import type { DraftBlock, ParseWarning } from '../../rules/parsed-document.ts'
import type { ParserContext } from './parser-limits.ts'
import { buildPdfBlocks, type PdfPage } from './pdf-blocks.ts'
import { type PdfPiece, readPdfLines } from './pdf-lines.ts'

type PdfFile = Awaited<ReturnType<typeof getDocumentProxy>>
type Matrix = readonly number[]

/** Reads the text of a PDF page by page. Nothing is drawn, no script runs, no picture is unpacked. */
export async function parsePdf(
  bytes: Uint8Array,
  { limits, onProgress }: ParserContext,
): Promise<{ blocks: DraftBlock[]; pageCount: number; warnings: ParseWarning[] }> {
  const file = await openPdf(bytes)
  const pageCount = file.numPages
  if (pageCount > limits.pageLimit) {
    throw documentTooManyPages({
      message: `This PDF has ${pageCount} pages; at most ${limits.pageLimit} are read. Split it and upload the parts.`,
      details: { pages: pageCount, pageLimit: limits.pageLimit },
    })
  }
  const pages: PdfPage[] = []
  const scanned: number[] = []
  let characters = 0
  for (let number = 1; number <= pageCount; number++) {
    const { page, isScanned } = await readPage(file, number)
    if (isScanned) scanned.push(number)
    for (const line of page.regions.flat()) characters += line.text.length + 1
    if (characters > limits.characterLimit) {
      throw documentTooLong({ details: { characterLimit: limits.characterLimit, page: number } })
    }
    pages.push(page)
    onProgress({ done: number, total: pageCount })
  }
  const blocks = buildPdfBlocks(pages)
  if (!blocks.some((block) => /[\p{L}\p{N}]/u.test(block.text))) {
    const count = pageCount === 1 ? 'page' : `${pageCount} pages`
    throw documentWithoutText({
      message: `The ${count} of this PDF hold pictures only, no text: it is a scan. Run it through text recognition (OCR) and upload the result.`,
      details: { pages: pageCount },
    })
  }
  return { blocks, pageCount, warnings: scanned.length === 0 ? [] : [needsOcr(scanned)] }
}

const needsOcr = (pages: number[]): ParseWarning => ({
  code: 'pages_need_ocr',
  message: `${pages.length === 1 ? 'Page' : 'Pages'} ${listPages(pages)} ${pages.length === 1 ? 'holds' : 'hold'} pictures and no text. Run the document through text recognition (OCR) and upload the result to have ${pages.length === 1 ? 'it' : 'them'} read.`,
  pages,
})

async function openPdf(bytes: Uint8Array): Promise<PdfFile> {
  try {
    return await getDocumentProxy(bytes, { verbosity: 0, useSystemFonts: false, maxImageSize: 1 })
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'PasswordException') throw documentEncrypted({ cause })
    throw documentCorrupted({ cause })
  }
}

async function readPage(file: PdfFile, number: number): Promise<{ page: PdfPage; isScanned: boolean }> {
  try {
    const page = await file.getPage(number)
    const viewport = page.getViewport({ scale: 1 })
    // Declared as any[]; six numbers by the PDF specification.
    const shown = viewport.transform as Matrix
    const content = await page.getTextContent()
    const pieces: PdfPiece[] = []
    for (const item of content.items) {
      if (!('str' in item)) continue
      pieces.push(toPiece(item.str, item.width, item.transform as Matrix, shown))
    }
    const isScanned = !pieces.some(({ text }) => /[\p{L}\p{N}]/u.test(text)) && (await drawsSomething(page))
    page.cleanup()
    const read = { number, height: viewport.height, regions: readPdfLines(pieces) }
    return { page: read, isScanned }
  } catch (cause) {
    throw documentCorrupted({
      message: `Page ${number} of this PDF is damaged. Open it in the program it comes from, save it anew and upload that.`,
      details: { page: number },
      cause,
    })
  }
}

/** Operators that set a state and leave nothing on the paper. */
const QUIET = new Set(['save', 'restore', 'dependency', 'setGState', 'beginText', 'endText', 'setFont'])

/** Whether a page without text has a picture on it, or is empty. Pictures are not unpacked: the limit passes them over. */
async function drawsSomething(page: Awaited<ReturnType<PdfFile['getPage']>>): Promise<boolean> {
  const { OPS } = await getResolvedPDFJS()
  const names = new Map(Object.entries(OPS).map(([name, code]) => [code, name]))
  const { fnArray } = await page.getOperatorList()
  // Numbers by pdf.js; declared as any[].
  return (fnArray as number[]).some((code) => !QUIET.has(names.get(code) ?? ''))
}

/** Places a piece on the page as it is shown, turned pages turned upright. */
function toPiece(text: string, width: number, transform: Matrix, shown: Matrix): PdfPiece {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = shown
  const [, , skew = 0, scale = 0, x = 0, y = 0] = transform
  return { text, width, size: Math.hypot(skew, scale), x: a * x + c * y + e, y: b * x + d * y + f }
}
