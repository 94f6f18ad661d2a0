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
  // The library takes the bytes it is given for itself.
  const file = await openPdf(bytes.slice())
  const pageCount = file.numPages
  if (pageCount > limits.pageLimit) {
    throw documentTooManyPages({
      message: `This PDF has ${pageCount} pages; at most ${limits.pageLimit} are read. Split it and upload the parts.`,
      details: { pages: pageCount, pageLimit: limits.pageLimit },
    })
  }
  const pages: PdfPage[] = []
  const withoutText: number[] = []
  let characters = 0
  for (let number = 1; number <= pageCount; number++) {
    const { page, hasText } = await readPage(file, number)
    if (!hasText) withoutText.push(number)
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
  const scanned = await findScanned(bytes, withoutText)
  return { blocks, pageCount, warnings: scanned.length === 0 ? [] : [needsOcr(scanned)] }
}

const needsOcr = (pages: number[]): ParseWarning => ({
  code: 'pages_need_ocr',
  message: `${pages.length === 1 ? 'Page' : 'Pages'} ${listPages(pages)} ${pages.length === 1 ? 'holds' : 'hold'} pictures and no text. Run the document through text recognition (OCR) and upload the result to have ${pages.length === 1 ? 'it' : 'them'} read.`,
  pages,
})

async function openPdf(bytes: Uint8Array, options: object = {}): Promise<PdfFile> {
  try {
    return await getDocumentProxy(bytes, { verbosity: 0, useSystemFonts: false, ...options })
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'PasswordException') throw documentEncrypted({ cause })
    throw documentCorrupted({ cause })
  }
}

async function readPage(file: PdfFile, number: number): Promise<{ page: PdfPage; hasText: boolean }> {
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
    const hasText = pieces.some(({ text }) => /[\p{L}\p{N}]/u.test(text))
    page.cleanup()
    const read = { number, height: viewport.height, regions: readPdfLines(pieces) }
    return { page: read, hasText }
  } catch (cause) {
    throw documentCorrupted({
      message: `Page ${number} of this PDF is damaged. Open it in the program it comes from, save it anew and upload that.`,
      details: { page: number },
      cause,
    })
  }
}

/** What pdf.js calls the operators that put something on the paper. */
const DRAWING =
  /^(?:paint|fill|eoFill|stroke|closeFill|closeStroke|closeEO|shadingFill|constructPath|rawFillPath)/

/**
 * Which of these pages have pictures on them; the others are empty. No picture is unpacked: all are above the limit set
 * here. A strict reading gives up a page at its first picture and comes back with nothing, a lenient one leaves it out.
 */
async function findScanned(bytes: Uint8Array, numbers: readonly number[]): Promise<number[]> {
  if (numbers.length === 0) return []
  const { OPS } = await getResolvedPDFJS()
  const names = new Map(Object.entries(OPS).map(([name, code]) => [code, name]))
  const lenient = await openPdf(bytes.slice(), { maxImageSize: 0 })
  const strict = await openPdf(bytes, { maxImageSize: 0, stopAtErrors: true })
  const operatorsOf = async (file: PdfFile, number: number): Promise<string[]> => {
    const page = await file.getPage(number)
    const { fnArray } = await page.getOperatorList()
    page.cleanup()
    // Numbers by pdf.js; declared as any[].
    return (fnArray as number[]).map((code) => names.get(code) ?? '')
  }
  const scanned: number[] = []
  for (const number of numbers) {
    const operators = await operatorsOf(lenient, number)
    const gaveUp = operators.length > 0 && (await operatorsOf(strict, number)).length === 0
    if (gaveUp || operators.some((name) => DRAWING.test(name))) scanned.push(number)
  }
  return scanned
}

/** Places a piece on the page as it is shown, turned pages turned upright. */
function toPiece(text: string, width: number, transform: Matrix, shown: Matrix): PdfPiece {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = shown
  const [, , skew = 0, scale = 0, x = 0, y = 0] = transform
  return { text, width, size: Math.hypot(skew, scale), x: a * x + c * y + e, y: b * x + d * y + f }
}
