import type { Citation } from '../contract.ts'

/** One message of an exported conversation, with the sources that its marks stand for. */
export function messageMarkdown(message: {
  role: 'user' | 'assistant'
  content: string
  citations: readonly Citation[]
  createdAt: string
}): string {
  const who = message.role === 'user' ? 'Question' : 'Answer'
  const sources = message.citations.map(({ marker, documentName, page, heading, quote }) => {
    const place = [documentName, page === null ? null : `page ${page}`, heading].filter(Boolean).join(', ')
    return `- [${marker}] ${place}: “${quote.replaceAll(/\s+/g, ' ').trim()}”`
  })
  return [
    `\n## ${who}, ${message.createdAt.slice(0, 16).replace('T', ' ')} UTC\n\n${message.content.trim()}\n`,
    sources.length === 0 ? '' : `\nSources:\n\n${sources.join('\n')}\n`,
  ].join('')
}
