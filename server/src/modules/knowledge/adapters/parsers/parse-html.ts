import { parse, parseFragment } from 'parse5'
import type { BlockKind, DraftBlock } from '../../rules/parsed-document.ts'
import {
  attributeOf,
  childrenOf,
  findElement,
  type HtmlElement,
  type HtmlNode,
  isDropped,
  isElement,
  textOf,
} from './html-tree.ts'

/** Elements around which text breaks off; every other element is part of a line. */
const BLOCK_ELEMENTS = new Set(
  (
    'address article aside blockquote body center dd details div dl dt fieldset figcaption figure footer header ' +
    'hgroup html li main ol p section summary table tbody td tfoot th thead tr ul hr caption'
  ).split(' '),
)
/** Below this the tree is no longer read for structure, only for its text. */
const MAX_DEPTH = 200

/**
 * Reads a page for its text: headings, paragraphs, lists, tables as lines of `a | b`, preformatted text as code.
 * A `main` element, where there is one with text, stands for the page; the title is its heading if it has none.
 */
export function parseHtml(html: string, options: { fragment?: boolean } = {}): DraftBlock[] {
  if (options.fragment === true) return readBlocks(parseFragment(html))
  const document = parse(html)
  const main = findElement(document, 'main')
  const root =
    main !== undefined && textOf(main).trim() !== '' ? main : (findElement(document, 'body') ?? document)
  const blocks = readBlocks(root)
  const title = findTitle(document)
  const hasTitle = blocks.some((block) => block.kind === 'heading' && block.level === 1)
  return hasTitle || title === '' || blocks.length === 0
    ? blocks
    : [{ kind: 'heading', text: title, level: 1 }, ...blocks]
}

function findTitle(document: HtmlNode): string {
  const head = findElement(document, 'head')
  const title = head === undefined ? undefined : findElement(head, 'title')
  return title === undefined ? '' : textOf(title).replace(/\s+/gu, ' ').trim()
}

interface Reader {
  blocks: DraftBlock[]
  line: string[]
}

function readBlocks(root: HtmlNode): DraftBlock[] {
  const reader: Reader = { blocks: [], line: [] }
  for (const child of childrenOf(root)) readNode(reader, child, 0)
  flush(reader)
  return reader.blocks
}

function flush(reader: Reader): void {
  const text = reader.line.join('')
  if (text.trim() !== '') reader.blocks.push({ kind: 'paragraph', text })
  reader.line = []
}

function readNode(reader: Reader, node: HtmlNode, depth: number): void {
  if (!isElement(node)) {
    if (node.nodeName === '#text' && 'value' in node) reader.line.push(node.value)
    return
  }
  if (isDropped(node)) return
  const push = (kind: BlockKind, text: string, level?: number): void => {
    flush(reader)
    if (text.trim() !== '') reader.blocks.push({ kind, text, ...(level === undefined ? {} : { level }) })
  }
  const name = node.tagName
  const level = /^h([1-6])$/.exec(name)?.[1]
  if (level !== undefined) push('heading', textOf(node), Number(level))
  else if (name === 'pre') push('code', textOf(node))
  else if ((name === 'ul' || name === 'ol') && depth < MAX_DEPTH) push('list', listLines(node, 0).join('\n'))
  else if (name === 'table' && isDataTable(node)) push('table', tableLines(node).join('\n'))
  else if (name === 'br') reader.line.push('\n')
  else if (name === 'img') reader.line.push(attributeOf(node, 'alt') ?? '')
  else readChildren(reader, node, depth)
}

function readChildren(reader: Reader, element: HtmlElement, depth: number): void {
  const isBlock = BLOCK_ELEMENTS.has(element.tagName)
  if (isBlock) flush(reader)
  if (depth >= MAX_DEPTH) reader.line.push(textOf(element))
  else for (const child of childrenOf(element)) readNode(reader, child, depth + 1)
  if (isBlock) flush(reader)
}

function listLines(list: HtmlElement, depth: number): string[] {
  const ordered = list.tagName === 'ol'
  let number = Number(attributeOf(list, 'start') ?? 1) || 1
  const lines: string[] = []
  for (const item of childrenOf(list)) {
    if (!isElement(item) || isDropped(item)) continue
    if (isList(item)) lines.push(...nestedLines(item, depth))
    else {
      const own: string[] = []
      const nested: string[] = []
      for (const child of childrenOf(item)) {
        if (isElement(child) && isList(child)) nested.push(...nestedLines(child, depth))
        else own.push(textOf(child))
      }
      const text = own.join('').replace(/\s+/gu, ' ').trim()
      if (text !== '') lines.push(`${'  '.repeat(depth)}${ordered ? `${number}.` : '-'} ${text}`)
      lines.push(...nested)
      number++
    }
  }
  return lines
}

const isList = (element: HtmlElement): boolean => element.tagName === 'ul' || element.tagName === 'ol'

function nestedLines(list: HtmlElement, depth: number): string[] {
  return depth < MAX_DEPTH ? listLines(list, depth + 1) : [textOf(list)]
}

/** A table that holds another, or one column only, is layout: its cells are read as blocks. */
function isDataTable(table: HtmlElement): boolean {
  const inner = childrenOf(table).some((child) => findElement(child, 'table') !== undefined)
  return !inner && rowsOf(table).some((row) => cellsOf(row).length > 1)
}

function tableLines(table: HtmlElement): string[] {
  return rowsOf(table)
    .map((row) => cellsOf(row).map((cell) => textOf(cell).replace(/\s+/gu, ' ').trim()))
    .filter((cells) => cells.some((cell) => cell !== ''))
    .map((cells) => cells.join(' | '))
}

function rowsOf(table: HtmlElement): HtmlElement[] {
  return childrenOf(table).flatMap((child) => {
    if (!isElement(child) || isDropped(child)) return []
    if (child.tagName === 'tr') return [child]
    return childrenOf(child)
      .filter((row) => isElement(row))
      .filter((row) => row.tagName === 'tr' && !isDropped(row))
  })
}

function cellsOf(row: HtmlElement): HtmlElement[] {
  return childrenOf(row)
    .filter((cell) => isElement(cell))
    .filter((cell) => cell.tagName === 'td' || cell.tagName === 'th')
}
