import { createHash } from 'node:crypto'
import type { Chunk } from './rules/chunk-document.ts'

/** Tells the text that a passage is embedded from: its own, and the headings it stands under. */
export function hashPassage(chunk: Pick<Chunk, 'heading' | 'text'>): string {
  return createHash('sha256')
    .update(JSON.stringify([chunk.heading, chunk.text]))
    .digest('base64url')
}
