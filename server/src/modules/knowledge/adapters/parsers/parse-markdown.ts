import type { Node, Nodes, Parents, Root, Table } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'
import type { BlockKind, DraftBlock } from '../../rules/parsed-document.ts'
import { parseHtml } from './parse-html.ts'

/** A block of settings at the head of a file, as site generators write it. */
const FRONT_MATTER = /^\ufeff?---[ \t]*\r?\n[\s\S]*?\r?\n---[ \t]*(?:\r?\n|$)/

/** Markdown with GitHub's extensions (tables, task lists, strike-through, footnotes). */
export function parseMarkdown(text: string): DraftBlock[] {
  const root: Root = fromMarkdown(text.replace(FRONT_MATTER, ''), {
    extensions: [gfm()],
    mdastExtensions: [gfmFromMarkdown()],
  })
  const blocks: DraftBlock[] = []
  for (const node of root.children) readBlock(node, blocks)
  return blocks
}

function readBlock(node: Nodes, blocks: DraftBlock[]): void {
  const push = (kind: BlockKind, text: string): void => {
    blocks.push({ kind, text })
  }
  switch (node.type) {
    case 'heading':
      blocks.push({ kind: 'heading', text: inlineText(node), level: node.depth })
      return
    case 'list':
      push('list', listLines(node, 0).join('\n'))
      return
    case 'table':
      push('table', tableLines(node).join('\n'))
      return
    case 'code':
      push('code', node.value)
      return
    case 'html':
      blocks.push(...parseHtml(node.value, { fragment: true }))
      return
    case 'blockquote':
    case 'footnoteDefinition':
      for (const child of node.children) readBlock(child, blocks)
      return
    case 'definition':
    case 'thematicBreak':
    case 'yaml':
      return
    default:
      push('paragraph', inlineText(node))
  }
}

function tableLines(table: Table): string[] {
  return table.children.map((row) => row.children.map((cell) => inlineText(cell).trim()).join(' | '))
}

function listLines(list: Extract<Nodes, { type: 'list' }>, depth: number): string[] {
  return list.children.flatMap((item, index) => {
    const marker = list.ordered === true ? `${(list.start ?? 1) + index}.` : '-'
    const check = item.checked === true ? '[x] ' : item.checked === false ? '[ ] ' : ''
    const own: string[] = []
    const nested: string[] = []
    for (const child of item.children) {
      if (child.type === 'list') nested.push(...listLines(child, depth + 1))
      else if (child.type === 'table') own.push(...tableLines(child))
      else own.push(inlineText(child))
    }
    const text = own.join(' ').replace(/\s+/gu, ' ').trim()
    return [`${'  '.repeat(depth)}${marker} ${check}${text}`, ...nested]
  })
}

/** The readable text of a node: link texts without addresses, alternative texts of images, no inline HTML. */
function inlineText(node: Nodes): string {
  switch (node.type) {
    case 'text':
    case 'inlineCode':
    case 'code':
      return node.value
    case 'break':
      return '\n'
    case 'image':
    case 'imageReference':
      return node.alt ?? ''
    case 'html':
      return /^<br\b/i.test(node.value) ? '\n' : ''
    case 'footnoteReference':
      return ''
    default:
      return hasChildren(node) ? node.children.map((child) => inlineText(child)).join(separatorIn(node)) : ''
  }
}

const hasChildren = (node: Node): node is Parents => 'children' in node

/** Children of a quotation or a list item are blocks of their own. */
function separatorIn(node: Parents): string {
  return node.type === 'blockquote' || node.type === 'list' || node.type === 'listItem' ? ' ' : ''
}
