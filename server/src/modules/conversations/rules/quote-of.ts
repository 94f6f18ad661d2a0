const longestQuote = 280

/**
 * The words of a passage to show beside a citation: what the answer quotes right before the marker, where it quotes;
 * else the passage's beginning. Always a part of the passage, word for word.
 */
export function quoteOf(passage: string, answer: string, marker: number): string {
  return quotedBefore(passage, answer, marker) ?? passage.slice(0, longestQuote).toWellFormed()
}

function quotedBefore(passage: string, answer: string, marker: number): string | undefined {
  const end = answer.indexOf(`[${marker}]`)
  if (end < 0) return undefined
  const line = answer.slice(answer.lastIndexOf('\n', end) + 1, end)
  const words = line
    .slice(line.lastIndexOf(']') + 1)
    .replace(/^[>\s…*-]+|[\s…]+$/g, '')
    .split(/\s+/)
  if (words.length < 3) return undefined
  // White space may differ: a quotation runs on where the passage breaks its lines.
  const pattern = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('\\s+')
  return new RegExp(pattern).exec(passage)?.[0]
}
