interface Node {
  type: string
  tagName?: string
  value?: string
  properties?: Record<string, unknown>
  children?: Node[]
}

/** `[1]`, and `[1, 3]` as some models write it. */
const marker = /\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]/g
const untouched = new Set(['code', 'pre', 'a'])

/** Turns the markers of an answer's text into `cite-mark` elements; code and links keep theirs as they are. */
export function rehypeCitations() {
  return (tree: Node): void => markIn(tree)
}

function markIn(parent: Node): void {
  if (!parent.children || (parent.tagName && untouched.has(parent.tagName))) return
  parent.children = parent.children.flatMap((child) => {
    if (child.type !== 'text' || !child.value?.includes('[')) {
      markIn(child)
      return child
    }
    return split(child.value)
  })
}

function split(text: string): Node[] {
  const nodes: Node[] = []
  let end = 0
  for (const match of text.matchAll(marker)) {
    // A mark stands close to its statement, whatever the model put between them. The gap goes along, for a number
    // that turns out to cite nothing.
    const before = text.slice(end, match.index)
    const kept = before.trimEnd()
    let gap = before.slice(kept.length)
    const marks: Node[] = []
    for (const number of (match[1] ?? '').split(',')) {
      marks.push({
        type: 'element',
        tagName: 'cite-mark',
        properties: { marker: number.trim(), gap },
        children: [],
      })
      gap = ''
    }
    end = match.index + match[0].length
    const stop = /^[.,;:!?)]*/.exec(text.slice(end))?.[0] ?? ''
    end += stop.length
    // The word before, its marks and the stop after them stay on one line; a mark alone would begin the next.
    const word = /\S{1,24}$/.exec(kept)?.[0] ?? ''
    if (kept.length > word.length) nodes.push(textNode(kept.slice(0, kept.length - word.length)))
    nodes.push({
      type: 'element',
      tagName: 'span',
      properties: { className: ['whitespace-nowrap'] },
      children: [textNode(word), ...marks, textNode(stop)].filter((node) => node.value !== ''),
    })
  }
  if (end < text.length) nodes.push(textNode(text.slice(end)))
  return nodes
}

function textNode(value: string): Node {
  return { type: 'text', value }
}
