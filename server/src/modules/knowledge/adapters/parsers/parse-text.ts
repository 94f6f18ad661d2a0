import type { DraftBlock } from '../../rules/parsed-document.ts'

/** Plain text: paragraphs are what empty lines part. Line ends are kept, for they may be a poem's or a log's. */
export function parseText(text: string): DraftBlock[] {
  const blocks: DraftBlock[] = []
  let lines: string[] = []
  const flush = (): void => {
    if (lines.length > 0) blocks.push({ kind: 'paragraph', text: lines.join('\n'), keepLines: true })
    lines = []
  }
  for (const line of text.split(/\r\n?|\n|\f/)) {
    if (line.trim() === '') flush()
    else lines.push(line)
  }
  flush()
  return blocks
}
