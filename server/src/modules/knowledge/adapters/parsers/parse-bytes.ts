import {
  documentCorrupted,
  documentEmpty,
  documentEncrypted,
  documentTooLong,
  documentTypeMismatch,
  documentTypeUnsupported,
  documentWithoutText,
  SUPPORTED_TYPES,
} from '../../errors.ts'
import {
  assembleDocument,
  type DocumentMediaType,
  type DraftBlock,
  type ParsedDocument,
} from '../../rules/parsed-document.ts'
import { extensionOf, sniffContainer, sniffTextType } from '../../rules/sniff-media-type.ts'
import { decodeText } from './decode-text.ts'
import type { ParserContext } from './parser-limits.ts'

export interface ParserInput {
  bytes: Uint8Array
  /** As the client named it; decides only between kinds of text, and what an error says. */
  fileName: string
  declaredMediaType: string | null
}

interface Parsed {
  mediaType: DocumentMediaType
  pageCount: number | null
  blocks: DraftBlock[]
}

const DOCX = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'

/**
 * Reads a document in this process: for the parser process and for tests. What comes from outside goes through
 * parser-process.ts. The type is decided by content. The parsers are loaded when they are needed, for each is large.
 */
export async function parseBytes(input: ParserInput, context: ParserContext): Promise<ParsedDocument> {
  const { bytes } = input
  if (bytes.length === 0) throw documentEmpty()
  const parsed = await parseByContent(input, context)
  const document = assembleDocument(parsed.mediaType, parsed.pageCount, parsed.blocks)
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

async function parseByContent(input: ParserInput, context: ParserContext): Promise<Parsed> {
  const { bytes, fileName, declaredMediaType } = input
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
    case 'text': {
      refuseMisnamed(fileName, 'text')
      const text = decodeText(bytes)
      const mediaType = sniffTextType(text, fileName, declaredMediaType)
      return { mediaType, pageCount: null, blocks: await parseTextAs(mediaType, text, bytes, fileName) }
    }
  }
}

async function parseTextAs(
  mediaType: 'text/html' | 'text/markdown' | 'text/plain',
  text: string,
  bytes: Uint8Array,
  fileName: string,
): Promise<DraftBlock[]> {
  switch (mediaType) {
    case 'text/html':
      return (await import('./parse-html.ts')).parseHtml(text)
    case 'text/markdown':
      return (await import('./parse-markdown.ts')).parseMarkdown(text)
    case 'text/plain': {
      // Some formats are text that no one reads as text: RTF, PostScript, vCards.
      if (extensionOf(fileName) !== 'txt') await refuseNamedFormat(bytes)
      return (await import('./parse-text.ts')).parseText(text)
    }
  }
}

async function parseArchive({ bytes, fileName }: ParserInput, context: ParserContext): Promise<Parsed> {
  const [{ readZipDirectory }, { isWordDocument, parseDocx }] = await Promise.all([
    import('./zip-directory.ts'),
    import('./parse-docx.ts'),
  ])
  const entries = readZipDirectory(bytes, context.limits)
  if (isWordDocument(entries)) {
    return { mediaType: DOCX, pageCount: null, blocks: await parseDocx(bytes, entries, context) }
  }
  refuseMisnamed(fileName, 'a ZIP archive')
  const names = new Set(entries.map((entry) => entry.name.split('/')[0]))
  const office = names.has('xl')
    ? 'an Excel workbook'
    : names.has('ppt')
      ? 'a PowerPoint presentation'
      : undefined
  throw unsupported(
    office ?? 'a ZIP archive',
    office === undefined ? 'Unpack it and upload the documents in it.' : '',
  )
}

/** A name that promises PDF or DOCX over other content is a failed download or a mix-up, not a choice of ours. */
function refuseMisnamed(fileName: string, found: string): void {
  const extension = extensionOf(fileName)
  if (extension !== 'pdf' && extension !== 'docx') return
  throw documentTypeMismatch({
    message: `This file is named .${extension}, but its content is ${found}. Upload the document itself, or rename it.`,
    details: { extension, found },
  })
}

/** Old Office files; new ones with a password are wrapped the same way, with a stream that says so. */
function refuseCompound(bytes: Uint8Array): Error {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (buffer.includes(Buffer.from('EncryptedPackage', 'utf16le'))) {
    return documentEncrypted({
      message: 'This Office document is protected by a password. Remove the password and upload it again.',
    })
  }
  return unsupported('an Office document of the old format', 'Save it as DOCX or PDF.')
}

async function refuseBinary(bytes: Uint8Array, fileName: string): Promise<Error> {
  await refuseNamedFormat(bytes)
  const extension = extensionOf(fileName)
  if (extension === 'pdf' || extension === 'docx') return documentCorrupted()
  return unsupported('binary data of a kind we do not know')
}

async function refuseNamedFormat(bytes: Uint8Array): Promise<void> {
  const { fileTypeFromBuffer } = await import('file-type')
  const type = await fileTypeFromBuffer(bytes)
  if (type !== undefined && !type.mime.startsWith('text/'))
    throw unsupported(`${type.ext.toUpperCase()} (${type.mime})`)
}

function unsupported(found: string, advice = ''): Error {
  return documentTypeUnsupported({
    message:
      `This file looks like ${found}, which cannot be read. ${advice} Supported are ${SUPPORTED_TYPES}.`.replace(
        / {2,}/g,
        ' ',
      ),
    details: { found, supported: SUPPORTED_TYPES },
  })
}
