import { zipSync } from 'fflate'
import mammoth from 'mammoth'
import { documentCorrupted } from '../../errors.ts'
import type { DraftBlock } from '../../rules/parsed-document.ts'
import { refuseNestedArchive } from './office-package.ts'
import { parseHtml } from './parse-html.ts'
import type { ParserContext } from './parser-limits.ts'
import { unpackZipEntry, type ZipEntry } from './zip-directory.ts'

/** The parts that hold text and its structure. Pictures, fonts and embedded files are never unpacked. */
const TEXT_PART = /^(?:\[Content_Types\]\.xml|_rels\/\.rels|word\/[^/]+\.xml|word\/_rels\/[^/]+\.rels)$/

const STYLE_MAP = ["p[style-name='Title'] => h1:fresh", "p[style-name='Subtitle'] => p:fresh"]

/** Whether an archive is a Word document. */
export function isWordDocument(entries: readonly ZipEntry[]): boolean {
  const names = new Set(entries.map((entry) => entry.name))
  return (
    names.has('[Content_Types].xml') && entries.some((entry) => /^word\/document\d*\.xml$/.test(entry.name))
  )
}

/**
 * Reads a Word document: what it claims to unpack to has been checked, its text parts are unpacked here within the
 * limit, and only they reach the library, as an archive without compression.
 */
export async function parseDocx(
  bytes: Uint8Array,
  entries: readonly ZipEntry[],
  { limits }: ParserContext,
): Promise<DraftBlock[]> {
  refuseNestedArchive(entries)
  const parts: Record<string, Uint8Array> = {}
  let leftBytes = limits.unpackedLimitBytes
  for (const entry of entries) {
    if (!TEXT_PART.test(entry.name)) continue
    const part = unpackZipEntry(bytes, entry, leftBytes)
    leftBytes -= part.length
    parts[entry.name] = part
  }
  const plain = zipSync(parts, { level: 0 })
  try {
    const { value } = await mammoth.convertToHtml(
      { buffer: Buffer.from(plain.buffer, plain.byteOffset, plain.byteLength) },
      { styleMap: STYLE_MAP, convertImage: mammoth.images.imgElement(async () => ({ src: '' })) },
    )
    return parseHtml(value, { fragment: true })
  } catch (cause) {
    throw documentCorrupted({ cause })
  }
}
