import { expect } from 'vitest'
import type { ParsedDocument } from '../../rules/parsed-document.ts'
import { parseBytes } from './parse-bytes.ts'
import { DEFAULT_PARSER_LIMITS, type ParserLimits, type ParserProgress } from './parser-limits.ts'

/** For tests: reads a file in this process, and proves that its blocks are slices of its text. */
export async function parseFile(
  bytes: Uint8Array | string,
  fileName: string,
  options: {
    limits?: Partial<ParserLimits>
    declaredMediaType?: string
    onProgress?: (progress: ParserProgress) => void
  } = {},
): Promise<ParsedDocument> {
  const document = await parseBytes(
    {
      bytes: typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes,
      fileName,
      declaredMediaType: options.declaredMediaType ?? null,
    },
    { limits: { ...DEFAULT_PARSER_LIMITS, ...options.limits }, onProgress: options.onProgress ?? (() => {}) },
  )
  for (const block of document.blocks) {
    expect(document.text.slice(block.startOffset, block.endOffset)).toBe(block.text)
  }
  return document
}

/** What a refusal looks like: its code, and words of its message. */
export const refusal = (code: string, message = /./): object =>
  expect.objectContaining({ code: `knowledge.${code}`, message: expect.stringMatching(message) })
