import type { Quote } from './choose-quotes.ts'
import type { QuestionTerm } from './rank-units.ts'
import { likeness, termsOf } from './terms.ts'

const longestLine = 420
const contextBeforeMatch = 140
const mostCodeLines = 15

/** Quotes as Markdown block quotes, each ending with its marker. */
export function renderQuotes(quotes: readonly Quote[], terms: readonly QuestionTerm[]): string {
  return quotes.map((quote) => renderQuote(quote, terms)).join('\n\n')
}

function renderQuote(quote: Quote, terms: readonly QuestionTerm[]): string {
  const lines: string[] = []
  let running = ''
  const endParagraph = () => {
    if (running !== '') lines.push(running)
    running = ''
  }
  for (const [index, unit] of quote.units.entries()) {
    if (unit.kind === 'code') {
      endParagraph()
      lines.push('```', ...codeLines(unit.text), '```')
      continue
    }
    let text = plainText(clip(unit.text, terms))
    if (index === 0 && quote.opensSource && /^\p{Ll}/u.test(text)) text = `… ${text}`
    const isLast = index === quote.units.length - 1
    if (isLast && quote.closesSource && unit.kind === 'sentence' && /[\p{L}\p{N},;]$/u.test(text))
      text = `${text} …`
    if (unit.kind === 'sentence') {
      running += running === '' ? text : ` ${text}`
    } else if (quote.units.length === 1) {
      running = text
    } else {
      endParagraph()
      lines.push(`- ${text}`)
    }
  }
  endParagraph()
  if (quote.source.marker !== null) {
    const marker = `[${quote.source.marker}]`
    const last = lines.at(-1)
    if (last === undefined || last === '```') lines.push(marker)
    else lines[lines.length - 1] = `${last} ${marker}`
  }
  return lines.map((line) => `> ${line}`.trimEnd()).join('\n')
}

function codeLines(code: string): string[] {
  return code
    .replaceAll('```', "'''")
    .split('\n')
    .slice(0, mostCodeLines)
    .map((line) => line.slice(0, longestLine))
}

/** Keeps a very long line to the part around the question's words. */
function clip(text: string, terms: readonly QuestionTerm[]): string {
  if (text.length <= longestLine) return text
  const words = [...text.matchAll(/[\p{L}\p{N}]+/gu)]
  const match = words.find(([word]) =>
    termsOf(word).some((own) => terms.some(({ term }) => likeness(term, own) > 0)),
  )
  const wanted = Math.max(0, (match?.index ?? 0) - contextBeforeMatch)
  const start = wanted === 0 ? 0 : text.indexOf(' ', wanted) + 1
  const rest = text.slice(start)
  const end = rest.length <= longestLine ? rest.length : rest.lastIndexOf(' ', longestLine)
  return `${start > 0 ? '… ' : ''}${rest.slice(0, end)}${end < rest.length ? ' …' : ''}`
}

/**
 * A document's text may hold what a reader's Markdown would act on: an image that is fetched, a link, HTML, a heading, and
 * numbers in brackets that look like our markers. The words stay, the effect goes.
 */
function plainText(text: string): string {
  return text
    .replace(/!\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/(?<!!)\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replace(/\[(\d+(?:\s*[,–-]\s*\d+)*)\]/g, '($1)')
    .replace(/<(?=[a-z/!])/gi, '\\<')
    .replace(/^(?=[#>~=+]|-{2,})/, '\\')
    .trim()
}
