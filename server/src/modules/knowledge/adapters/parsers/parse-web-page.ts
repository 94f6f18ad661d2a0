import { Readability } from '@mozilla/readability'
import { parseHTML } from 'linkedom'
import type { DraftBlock } from '../../rules/parsed-document.ts'
import { parseHtml } from './parse-html.ts'

/** Readability walks the tree with recursion: a page of more elements than this is read whole instead. */
const MAX_ELEMENTS = 200_000
const LONGEST_TITLE = 255

/**
 * Reads a page from the web for what a reader came for: the article under its title, without menus, notices and what
 * else surrounds it. A page that has no such part is read whole.
 */
export function parseWebPage(html: string): { blocks: DraftBlock[]; title: string | null } {
  const article = readArticle(html)
  const title = article?.title?.replace(/\s+/gu, ' ').trim().slice(0, LONGEST_TITLE) || null
  const blocks = article?.content ? parseHtml(article.content, { fragment: true }) : []
  if (blocks.length === 0) return { blocks: parseHtml(html), title }
  const own = blocks.filter((block) => !(block.kind === 'heading' && block.text.trim() === title))
  return { blocks: title === null ? own : [{ kind: 'heading', level: 1, text: title }, ...own], title }
}

type ReadableDocument = ConstructorParameters<typeof Readability>[0]

function readArticle(html: string) {
  try {
    const { document } = parseHTML(html)
    // linkedom's document is what Readability asks for; its types do not say so.
    return new Readability(document as unknown as ReadableDocument, { maxElemsToParse: MAX_ELEMENTS }).parse()
  } catch {
    // Too large, or a tree it stumbles over: the whole page is read instead.
    return null
  }
}
