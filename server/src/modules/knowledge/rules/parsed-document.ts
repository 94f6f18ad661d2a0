/** The types a document is read as. Decided by content, never by what the client claims. */
export type DocumentMediaType =
  | 'application/pdf'
  | 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
  | 'application/vnd.openxmlformats-officedocument.presentationml.presentation'
  | 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
  | 'message/rfc822'
  | 'text/csv'
  | 'application/json'
  | 'application/jsonl'
  | 'text/html'
  | 'text/markdown'
  | 'text/plain'

export type BlockKind = 'heading' | 'paragraph' | 'list' | 'table' | 'code'

export interface Block {
  /** Equals `document.text.slice(startOffset, endOffset)`. */
  text: string
  kind: BlockKind
  /** 1 (outermost) to 6 for headings, null for everything else. */
  level: number | null
  /** The page it starts on, counted from 1; null where the format has no pages. */
  page: number | null
  /** The headings above it, outermost first, itself not included. */
  headingPath: string[]
  /** Offsets are UTF-16 code units into `document.text`. */
  startOffset: number
  endOffset: number
  /** A table whose first line names its columns. */
  hasHeader: boolean
}

/** What a reader should know of a document that was read, but not whole. */
export interface ParseWarning {
  code: 'pages_need_ocr' | 'part_not_read'
  message: string
  /** The pages it is about, counted from 1. */
  pages: number[]
}

/** What a parser finds in a file. */
export interface ParsedParts {
  mediaType: DocumentMediaType
  pageCount: number | null
  blocks: DraftBlock[]
  warnings: ParseWarning[]
  /** What a page from the web calls itself. */
  title?: string | null
}

export interface ParsedDocument {
  mediaType: DocumentMediaType
  pageCount: number | null
  /**
   * The normalised text: the blocks with an empty line between them. Two blocks that one paragraph was cut into by
   * the end of a page have a space, or nothing where a word was cut, so that the text reads on.
   */
  text: string
  blocks: Block[]
  warnings: ParseWarning[]
  /** What a page from the web calls itself; null for everything else. */
  title: string | null
  /** By ISO 639-1; null where too little text tells, and until the parser process has looked. */
  language: string | null
}

/** A block as a parser finds it, before its text is normalised and placed. */
export interface DraftBlock {
  text: string
  kind: BlockKind
  level?: number
  page?: number
  /** Keep line ends. Lists, tables and code always do. */
  keepLines?: boolean
  /** A table whose first line names its columns. */
  hasHeader?: boolean
  /** Continues the block before it, after this separator. */
  continuesAfter?: '' | ' '
}

const BLOCK_SEPARATOR = '\n\n'
const MAX_HEADING_LEVEL = 6

/** Normalises the drafts' texts, drops the empty ones, lays the others out in one text and fills in heading paths. */
export function assembleDocument(
  mediaType: DocumentMediaType,
  pageCount: number | null,
  drafts: readonly DraftBlock[],
  warnings: ParseWarning[] = [],
  title: string | null = null,
): ParsedDocument {
  const parts: string[] = []
  const blocks: Block[] = []
  const open: { level: number; text: string }[] = []
  let length = 0
  for (const draft of drafts) {
    const keepsLines = draft.keepLines === true || draft.kind === 'table' || draft.kind === 'list'
    const text = draft.kind === 'code' ? normalizeCode(draft.text) : normalizeText(draft.text, keepsLines)
    if (text === '') continue
    if (blocks.length > 0) {
      const separator = draft.continuesAfter ?? BLOCK_SEPARATOR
      parts.push(separator)
      length += separator.length
    }
    const level = draft.kind === 'heading' ? Math.min(Math.max(draft.level ?? 1, 1), MAX_HEADING_LEVEL) : null
    if (level !== null) while ((open.at(-1)?.level ?? 0) >= level) open.pop()
    blocks.push({
      text,
      kind: draft.kind,
      level,
      page: draft.page ?? null,
      headingPath: open.map((heading) => heading.text),
      startOffset: length,
      endOffset: length + text.length,
      hasHeader: draft.hasHeader === true,
    })
    if (level !== null) open.push({ level, text })
    parts.push(text)
    length += text.length
  }
  return { mediaType, pageCount, text: parts.join(''), blocks, warnings, title, language: null }
}

/** What no reader should see and no database should store: control characters but tab and line feed, soft hyphens,
 * zero-width spaces and byte order marks. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
const INVISIBLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u200b\u2060\ufeff]/g

function normalizeText(raw: string, keepLines: boolean): string {
  const clean = cleanCharacters(raw)
  if (!keepLines) return clean.replace(/\s+/gu, ' ').trim()
  const lines = clean.split('\n').map((line) => {
    const words = line.trim().replace(/\s+/gu, ' ')
    return words === '' ? '' : indentOf(line) + words
  })
  return lines
    .filter((line) => line !== '')
    .join('\n')
    .trimStart()
}

/** The spaces a line starts with: the depth of a list, within reason. */
function indentOf(line: string): string {
  return (/^[ \t]{0,16}/.exec(line)?.[0] ?? '').replaceAll('\t', '  ')
}

/** Inside code white space has a meaning: only the ends of lines are trimmed, and runs of empty lines cut to one. */
function normalizeCode(raw: string): string {
  const lines = cleanCharacters(raw)
    .split('\n')
    .map((line) => line.trimEnd())
  const kept = lines.filter((line, at) => line !== '' || (at > 0 && lines[at - 1] !== ''))
  if (kept[0] === '') kept.shift()
  if (kept.at(-1) === '') kept.pop()
  return kept.join('\n')
}

function cleanCharacters(raw: string): string {
  return raw
    .toWellFormed()
    .replace(/\r\n?|\u2028|\u2029/g, '\n')
    .replace(INVISIBLE, '')
}
