import { documentEmpty, documentTooLong, documentWithoutText } from '../../errors.ts'
import {
  assembleDocument,
  type DocumentMediaType,
  type DraftBlock,
  type ParsedDocument,
  type ParsedParts,
} from '../../rules/parsed-document.ts'
import { extensionOf, sniffContainer, sniffTextType } from '../../rules/sniff-media-type.ts'
import { decodeText } from './decode-text.ts'
import type { ParserContext } from './parser-limits.ts'
import {
  misnamed,
  refuseBinary,
  refuseCompound,
  refuseMisnamed,
  refuseNamedFormat,
  unsupported,
} from './refuse-kind.ts'

export interface ParserInput {
  bytes: Uint8Array
  /** As the client named it; decides only between kinds of text, and what an error says. */
  fileName: string
  declaredMediaType: string | null
  isFromWeb?: boolean
}

const OFFICE = 'application/vnd.openxmlformats-officedocument'
/** What a head of a message is looked for in; it is ASCII whatever the message's own encoding. */
const HEAD_BYTES = 65_536

/**
 * Reads a document in this process: for the parser process and for tests. What comes from outside goes through
 * parser-process.ts. The type is decided by content. The parsers are loaded when they are needed, for each is large.
 */
export async function parseBytes(input: ParserInput, context: ParserContext): Promise<ParsedDocument> {
  if (input.bytes.length === 0) throw documentEmpty()
  const { mediaType, pageCount, blocks, warnings, title } = await parseByContent(input, context, 0)
  const document = assembleDocument(mediaType, pageCount, blocks, warnings, title)
  if (!/[\p{L}\p{N}]/u.test(document.text)) {
    throw documentWithoutText({ message: 'This document holds no words. Upload one that has text in it.' })
  }
  const { characterLimit } = context.limits
  if (document.text.length > characterLimit) {
    throw documentTooLong({
      message: `This document holds ${document.text.length} characters of text; at most ${characterLimit} are read. Split it and upload the parts.`,
      details: { characters: document.text.length, characterLimit },
    })
  }
  return document
}

/** @param depth how many messages it is inside of */
async function parseByContent(
  input: ParserInput,
  context: ParserContext,
  depth: number,
): Promise<ParsedParts> {
  const { bytes, fileName } = input
  switch (sniffContainer(bytes)) {
    case 'pdf': {
      const { parsePdf } = await import('./parse-pdf.ts')
      return { mediaType: 'application/pdf', ...(await parsePdf(bytes, context)) }
    }
    case 'zip':
      return await parseArchive(input, context)
    case 'compound':
      throw refuseCompound(bytes)
    case 'binary':
      throw await refuseBinary(bytes, fileName)
    case 'text':
      return await parseText(input, context, depth)
  }
}

async function parseText(input: ParserInput, context: ParserContext, depth: number): Promise<ParsedParts> {
  const { bytes, fileName, declaredMediaType } = input
  refuseMisnamed(fileName, 'text')
  if (isMessage(input, await import('./parse-email.ts'))) {
    const { parseEmail } = await import('./parse-email.ts')
    // An attachment is read without progress: the message's own would jump.
    const quiet = { ...context, onProgress: () => undefined }
    const parts = await parseEmail(bytes, depth, (part, name, mediaType) => {
      if (part.length === 0) throw documentEmpty()
      return parseByContent({ bytes: part, fileName: name, declaredMediaType: mediaType }, quiet, depth + 1)
    })
    return { mediaType: 'message/rfc822', pageCount: null, ...parts }
  }
  if (extensionOf(fileName) === 'eml') throw misnamed('eml', 'no e-mail message')
  const text = decodeText(bytes)
  const mediaType = sniffTextType(text, fileName, declaredMediaType)
  if (mediaType === 'text/html' && input.isFromWeb === true) {
    const { parseWebPage } = await import('./parse-web-page.ts')
    return { mediaType, pageCount: null, warnings: [], ...parseWebPage(text) }
  }
  return {
    mediaType,
    pageCount: null,
    blocks: await parseTextAs(mediaType, input, text, context),
    warnings: [],
  }
}

function isMessage(
  { bytes, fileName }: ParserInput,
  { looksLikeEmail }: typeof import('./parse-email.ts'),
): boolean {
  const extension = extensionOf(fileName)
  // Whoever calls it plain text or Markdown wants it read as that.
  if (extension === 'txt' || extension === 'md' || extension === 'markdown') return false
  return looksLikeEmail(Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1'))
}

async function parseTextAs(
  mediaType: DocumentMediaType,
  { bytes, fileName }: ParserInput,
  text: string,
  { limits }: ParserContext,
): Promise<DraftBlock[]> {
  switch (mediaType) {
    case 'text/html':
      return (await import('./parse-html.ts')).parseHtml(text)
    case 'text/markdown':
      return (await import('./parse-markdown.ts')).parseMarkdown(text)
    case 'text/csv':
      return (await import('./parse-csv.ts')).parseCsv(text, limits.characterLimit)
    case 'application/json':
      return (await import('./parse-json.ts')).parseJson(text)
    case 'application/jsonl':
      return (await import('./parse-json.ts')).parseJsonLines(text)
    default:
      if (extensionOf(fileName) !== 'txt') await refuseNamedFormat(bytes)
      return (await import('./parse-text.ts')).parseText(text)
  }
}

async function parseArchive({ bytes, fileName }: ParserInput, context: ParserContext): Promise<ParsedParts> {
  const { readZipDirectory } = await import('./zip-directory.ts')
  const entries = readZipDirectory(bytes, context.limits)
  const { isWordDocument, parseDocx } = await import('./parse-docx.ts')
  if (isWordDocument(entries)) {
    const blocks = await parseDocx(bytes, entries, context)
    return { mediaType: `${OFFICE}.wordprocessingml.document`, pageCount: null, blocks, warnings: [] }
  }
  const { isWorkbook, parseXlsx } = await import('./parse-xlsx.ts')
  if (isWorkbook(entries)) {
    const { blocks } = parseXlsx(bytes, entries, context)
    return { mediaType: `${OFFICE}.spreadsheetml.sheet`, pageCount: null, blocks, warnings: [] }
  }
  const { isPresentation, parsePptx } = await import('./parse-pptx.ts')
  if (isPresentation(entries)) {
    const parts = parsePptx(bytes, entries, context)
    return { mediaType: `${OFFICE}.presentationml.presentation`, warnings: [], ...parts }
  }
  refuseMisnamed(fileName, 'a ZIP archive')
  throw unsupported('a ZIP archive', 'Unpack it and upload the documents in it.')
}
