/** What the first bytes of a file say it is. Which document a ZIP archive is needs a look inside. */
export type Container = 'pdf' | 'zip' | 'compound' | 'text' | 'binary'

/** Readers accept a PDF whose header stands within the first kilobyte; so do we. */
const PDF_HEADER_WITHIN = 1024
const TEXT_SAMPLE_BYTES = 65_536
const MARKUP_SAMPLE = 4096

/**
 * Tells the container from content alone: PDF, ZIP (also DOCX), Microsoft's compound file (old Office files and
 * password-protected new ones), text, or other binary data.
 */
export function sniffContainer(bytes: Uint8Array): Container {
  if (startsWith(bytes, [0x50, 0x4b, 0x03, 0x04]) || startsWith(bytes, [0x50, 0x4b, 0x05, 0x06])) return 'zip'
  if (startsWith(bytes, [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])) return 'compound'
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, PDF_HEADER_WITHIN))
  if (head.includes('%PDF-')) return 'pdf'
  return looksLikeText(bytes) ? 'text' : 'binary'
}

/** UTF-16 announces itself by its byte order mark; other text holds no zero bytes and hardly any control characters. */
function looksLikeText(bytes: Uint8Array): boolean {
  if (startsWith(bytes, [0xff, 0xfe]) || startsWith(bytes, [0xfe, 0xff])) return true
  const sample = bytes.subarray(0, TEXT_SAMPLE_BYTES)
  let controls = 0
  for (const byte of sample) {
    if (byte === 0) return false
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0c && byte !== 0x0d) controls++
  }
  return controls * 100 <= sample.length
}

function startsWith(bytes: Uint8Array, prefix: readonly number[]): boolean {
  return prefix.every((byte, at) => bytes[at] === byte)
}

const HTML_START =
  /^(?:\s|<\?xml[^>]*>|<!--(?:(?!-->)[\s\S])*-->)*<(?:!doctype\s+html|html|head|body|title|meta|article|main|h[1-6]|div|p|table)\b/i
const HTML_ELEMENT = /<(?:p|div|span|h[1-6]|ul|ol|li|table|a|br|body|html|section|article)\b[^<>]*>/i
// Each pattern is linear in hostile text: no part of it can match what the part before it matches.
const MARKDOWN_SIGNS = [
  /^#{1,6} \S/m,
  /^(?:```|~~~)/m,
  /^\|.+\|\s*\n\|[ :|-]+\|/m,
  /\[[^[\]\n]+\]\([^)\s]+\)/,
  /^(?:[-*+] \S.*\n){2,}/m,
  /\*\*\S[^*\n]*\*\*/,
]

const DATA_EXTENSIONS: Readonly<Record<string, 'text/csv' | 'application/json' | 'application/jsonl'>> = {
  csv: 'text/csv',
  tsv: 'text/csv',
  tab: 'text/csv',
  json: 'application/json',
  geojson: 'application/json',
  jsonl: 'application/jsonl',
  ndjson: 'application/jsonl',
}

/** Whether the text is one JSON object or list, or one a line; undefined when it is neither. */
function sniffJson(text: string): 'application/json' | 'application/jsonl' | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined
  const [first = '', second = ''] = text.trim().split(/[\r\n]+/, 2)
  if (/^[[{]/.test(second) && parses(first)) return 'application/jsonl'
  return parses(text) ? 'application/json' : undefined
}

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/**
 * Tells HTML, Markdown, tables, JSON and plain text apart: tables and JSON by the name, which their reading proves; HTML by how it starts; then the name's extension, HTML only if there is
 * an element in it; then, for names that say nothing, the client's claim where the content bears it out, or two
 * different signs of Markdown.
 */
export function sniffTextType(
  text: string,
  fileName: string,
  claimedMediaType: string | null,
): 'text/html' | 'text/markdown' | 'text/plain' | 'text/csv' | 'application/json' | 'application/jsonl' {
  const start = text.slice(0, MARKUP_SAMPLE)
  const extension = extensionOf(fileName)
  const data = DATA_EXTENSIONS[extension]
  if (data !== undefined) return data
  if (extension === 'md' || extension === 'markdown') return 'text/markdown'
  if (HTML_START.test(start)) return 'text/html'
  const claimed = claimedMediaType?.split(';')[0]?.trim().toLowerCase()
  const saysHtml =
    extension === 'html' || extension === 'htm' || extension === 'xhtml' || claimed === 'text/html'
  if (saysHtml && HTML_ELEMENT.test(text.slice(0, TEXT_SAMPLE_BYTES))) return 'text/html'
  // A claim counts for names that say nothing: files from the web.
  if (extension !== 'txt') {
    if (claimed === 'text/csv' || claimed === 'text/tab-separated-values') return 'text/csv'
    if (claimed === 'application/json' || claimed?.endsWith('+json')) return sniffJson(text) ?? 'text/plain'
    if (claimed === 'application/jsonl' || claimed === 'application/x-ndjson') return 'application/jsonl'
  }
  if (claimed === 'text/markdown' || claimed === 'text/x-markdown') return 'text/markdown'
  if (extension !== '') return 'text/plain'
  const json = sniffJson(text)
  if (json !== undefined) return json
  const signs = MARKDOWN_SIGNS.filter((sign) => sign.test(text.slice(0, TEXT_SAMPLE_BYTES)))
  return signs.length >= 2 ? 'text/markdown' : 'text/plain'
}

/** The part after the last dot in lower case, or an empty string. */
export function extensionOf(fileName: string): string {
  return /\.([^./\\]+)$/.exec(fileName)?.[1]?.toLowerCase() ?? ''
}
