import { Fragment, type ReactNode } from 'react'

/** The text with the words of the query marked, also where a word goes on (search finds “deletes” for “delete”). */
export function HighlightWords({ text, query }: { text: string; query: string }) {
  // Short words are mostly grammar; they are marked only where there is nothing else to mark.
  const words = query.match(/[\p{L}\p{N}]{4,}/gu) ?? query.match(/[\p{L}\p{N}]{2,}/gu)
  if (words === null) return text
  const stems = words.map((word) => (word.length > 5 ? word.slice(0, -2) : word))
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${stems.join('|')})[\\p{L}\\p{N}]*`, 'giu')
  const parts: ReactNode[] = []
  let end = 0
  for (const match of text.matchAll(pattern)) {
    parts.push(text.slice(end, match.index), <mark key={match.index}>{match[0]}</mark>)
    end = match.index + match[0].length
  }
  parts.push(text.slice(end))
  return (
    <>
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text, in its order
        <Fragment key={index}>{part}</Fragment>
      ))}
    </>
  )
}

/** The text with the quoted stretch marked. White space may differ between a quote and its source. */
export function HighlightQuote({ text, quote }: { text: string; quote: string | undefined }) {
  const words = quote?.trim().replace(/^…|…$/g, '').split(/\s+/).filter(Boolean) ?? []
  if (words.length === 0) return text
  const pattern = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('\\s+')
  const match = new RegExp(pattern).exec(text)
  if (!match) return text
  return (
    <>
      {text.slice(0, match.index)}
      <mark>{match[0]}</mark>
      {text.slice(match.index + match[0].length)}
    </>
  )
}
