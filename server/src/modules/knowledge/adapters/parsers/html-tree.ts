import type { DefaultTreeAdapterTypes } from 'parse5'

export type HtmlNode = DefaultTreeAdapterTypes.Node
export type HtmlElement = DefaultTreeAdapterTypes.Element

/** Elements that hold nothing to read, or what belongs to the site and not to the document. */
const DROPPED = new Set(
  (
    'script style noscript template nav iframe object embed canvas audio video svg math form button select ' +
    'textarea input dialog link meta base'
  ).split(' '),
)
const HIDDEN_STYLE = /display\s*:\s*none|visibility\s*:\s*hidden/i

export const isElement = (node: HtmlNode): node is HtmlElement => 'tagName' in node

export function childrenOf(node: HtmlNode): HtmlNode[] {
  return 'childNodes' in node ? node.childNodes : []
}

export function attributeOf(element: HtmlElement, name: string): string | undefined {
  return element.attrs.find((attribute) => attribute.name === name)?.value
}

/** Whether a reader of the page would not see it as part of the text. */
export function isDropped(element: HtmlElement): boolean {
  if (DROPPED.has(element.tagName)) return true
  if (attributeOf(element, 'hidden') !== undefined || attributeOf(element, 'aria-hidden') === 'true')
    return true
  const role = attributeOf(element, 'role')
  if (role === 'navigation' || role === 'contentinfo' || role === 'banner') return true
  if (element.tagName === 'footer' && element.parentNode !== null && nameOf(element.parentNode) === 'body')
    return true
  return HIDDEN_STYLE.test(attributeOf(element, 'style') ?? '')
}

const nameOf = (node: HtmlNode): string => (isElement(node) ? node.tagName : '')

/** The text inside a node, dropped elements left out. A loop, not a recursion: hostile pages nest very deep. */
export function textOf(node: HtmlNode): string {
  const parts: string[] = []
  const stack: HtmlNode[] = [node]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (next.nodeName === '#text' && 'value' in next) parts.push(next.value)
    if (isElement(next)) {
      if (isDropped(next)) continue
      if (next.tagName === 'br') parts.push('\n')
      if (SEPARATED.has(next.tagName)) parts.push(' ')
      if (next.tagName === 'img') parts.push(attributeOf(next, 'alt') ?? '')
    }
    const children = childrenOf(next)
    for (let at = children.length - 1; at >= 0; at--) {
      const child = children[at]
      if (child !== undefined) stack.push(child)
    }
  }
  return parts.join('')
}

/** Flattened to a line, these still part words from each other. */
const SEPARATED = new Set(
  'p div li td th tr dt dd h1 h2 h3 h4 h5 h6 blockquote pre section article'.split(' '),
)

/** The first element with that name in document order, or undefined. */
export function findElement(root: HtmlNode, tagName: string): HtmlElement | undefined {
  const stack: HtmlNode[] = [root]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (isElement(next)) {
      if (next.tagName === tagName) return next
      if (isDropped(next)) continue
    }
    const children = childrenOf(next)
    for (let at = children.length - 1; at >= 0; at--) {
      const child = children[at]
      if (child !== undefined) stack.push(child)
    }
  }
  return undefined
}
