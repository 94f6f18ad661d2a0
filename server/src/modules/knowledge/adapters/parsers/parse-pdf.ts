import { getDocumentProxy } from 'unpdf'
import {
  documentCorrupted,
  documentEncrypted,
  documentTooLong,
  documentTooManyPages,
  documentWithoutText,
} from '../../errors.ts'
import type { DraftBlock } from '../../rules/parsed-document.ts'
import type { ParserContext } from './parser-limits.ts'
import { buildPdfBlocks, type PdfPage } from './pdf-blocks.ts'
import { type PdfPiece, readPdfLines } from './pdf-lines.ts'

type PdfFile = Awaited<ReturnType<typeof getDocumentProxy>>
type Matrix = readonly number[]

/** Reads the text of a PDF page by page. Nothing is drawn, no script runs, no picture is unpacked. */
export async function parsePdf(
  bytes: Uint8Array,
  { limits, onProgress }: ParserContext,
): Promise<{ blocks: DraftBlock[]; pageCount: number }> {
  const file = await openPdf(bytes)
  const pageCount = file.numPages
  if (pageCount > limits.pageLimit) {
    throw documentTooManyPages({
      message: `This PDF has ${pageCount} pages; at most ${limits.pageLimit} are read. Split it and upload the parts.`,
      details: { pages: pageCount, pageLimit: limits.pageLimit },
    })
  }
  const pages: PdfPage[] = []
  let characters = 0
  for (let number = 1; number <= pageCount; number++) {
    const page = await readPage(file, number)
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
  return { blocks, pageCount }
}

async function openPdf(bytes: Uint8Array): Promise<PdfFile> {
  try {
    return await getDocumentProxy(bytes, { verbosity: 0, useSystemFonts: false })
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'PasswordException') throw documentEncrypted({ cause })
    throw documentCorrupted({ cause })
  }
}

async function readPage(file: PdfFile, number: number): Promise<PdfPage> {
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
    page.cleanup()
    return { number, height: viewport.height, regions: readPdfLines(pieces) }
  } catch (cause) {
    throw documentCorrupted({
      message: `Page ${number} of this PDF is damaged. Open it in the program it comes from, save it anew and upload that.`,
      details: { page: number },
      cause,
    })
  }
}

/** Places a piece on the page as it is shown, turned pages turned upright. */
function toPiece(text: string, width: number, transform: Matrix, shown: Matrix): PdfPiece {
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = shown
  const [, , skew = 0, scale = 0, x = 0, y = 0] = transform
  return { text, width, size: Math.hypot(skew, scale), x: a * x + c * y + e, y: b * x + d * y + f }
}
