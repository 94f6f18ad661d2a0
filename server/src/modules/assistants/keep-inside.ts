import { fromMarkdown } from 'mdast-util-from-markdown'
import { gfmFromMarkdown } from 'mdast-util-gfm'
import { gfm } from 'micromark-extension-gfm'

type Node = ReturnType<typeof fromMarkdown> | ReturnType<typeof fromMarkdown>['children'][number]

/**
 * Markdown of a model from which nothing can carry data out: no image is loaded, no link leads to another host than the
 * installation's own, and no HTML is left. What stood there is told in words: an image by its description, a link by its
 * text and its host. Whatever follows the host (a path, a query) is dropped: there a secret would travel.
 * @param ownHost the host of the installation
 */
export function keepInside(markdown: string, ownHost: string): string {
  const tree = fromMarkdown(markdown, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] })
  const definitions = new Map<string, string>()
  const edits: { from: number; to: number; text: string }[] = []
  visit(tree, (node) => {
    if (node.type === 'definition') definitions.set(node.identifier, node.url)
    return true
  })
  visit(tree, (node) => {
    const replacement = replacementOf(node, markdown, definitions, ownHost)
    const from = node.position?.start.offset
    const to = node.position?.end.offset
    if (replacement === undefined || from === undefined || to === undefined) return true
    edits.push({ from, to, text: replacement })
    return false
  })
  return edits
    .sort((one, other) => other.from - one.from)
    .reduce((text, { from, to, text: put }) => text.slice(0, from) + put + text.slice(to), markdown)
}

function replacementOf(
  node: Node,
  markdown: string,
  definitions: ReadonlyMap<string, string>,
  ownHost: string,
): string | undefined {
  switch (node.type) {
    case 'image':
      return `(image: ${plain(node.alt ?? '')})`
    case 'imageReference':
      return `(image: ${plain(node.alt ?? node.identifier)})`
    case 'html':
      return plain(node.value)
    case 'text': {
      // What is no HTML by the rules of Markdown might be by those of a more generous reader.
      const source = markdown.slice(node.position?.start.offset, node.position?.end.offset)
      return /<[a-z/!?]/i.test(source) ? source.replaceAll('<', '&lt;') : undefined
    }
    case 'definition':
      return isInside(node.url, ownHost) ? undefined : ''
    case 'link':
    case 'linkReference': {
      const url = node.type === 'link' ? node.url : (definitions.get(node.identifier) ?? '')
      if (isInside(url, ownHost)) return undefined
      const text = plain(textOf(node))
      const host = hostOf(url)
      // A bare address is its own text, and would carry the same.
      const isAddress = /^(?:\w+:|www\.|[^\s]+@)/i.test(text.trim())
      return isAddress ? `\`${host}\`` : `${text} (\`${host}\`)`
    }
    default:
      return undefined
  }
}

/** An anchor or a path of this installation, or an address on its host. */
function isInside(url: string, ownHost: string): boolean {
  if (/^(?:#|\/(?![/\\]))/.test(url) && !/[\\\s\p{Cc}]/u.test(url)) return true
  try {
    const { protocol, host } = new URL(url)
    return (protocol === 'https:' || protocol === 'http:') && host === ownHost
  } catch {
    return false
  }
}

function hostOf(url: string): string {
  try {
    const { host, protocol } = new URL(url.startsWith('//') ? `https:${url}` : url)
    return host === '' ? protocol : host
  } catch {
    return 'elsewhere'
  }
}

/** As text that is no markup, whatever it was. */
function plain(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[\\`*_[\]()!]/g, '\\$&')
    .replace(/(\w+):\/\/[^\s]*/g, '$1 address')
    .replace(/\bwww\.[^\s]*/gi, 'web address')
}

function textOf(node: Node): string {
  if ('value' in node) return node.value
  return 'children' in node ? node.children.map(textOf).join('') : ''
}

/** @param look whether to look at what is inside too */
function visit(node: Node, look: (node: Node) => boolean): void {
  if (!look(node) || !('children' in node)) return
  for (const child of node.children) visit(child, look)
}
