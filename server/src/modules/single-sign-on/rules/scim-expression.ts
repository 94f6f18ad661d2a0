const mostComparisons = 10
const mostAlternatives = 64
const mostDepth = 4
const unreadable = 'It holds a backslash or a control character.'

const comparators = new Set(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'lt', 'ge', 'le', 'pr', 'np'])

/**
 * What is wrong with a filter, or with the path of a change, before a parser sees it: one walk over the text, so that
 * no text costs more to read than its length. Undefined when nothing is.
 *
 * Texts must close and hold no backslash; there are few comparisons, and few alternatives once the groups with `or` are
 * multiplied by each other, which is how a parser writes them out.
 */
export function faultOfExpression(text: string, mostCharacters: number): string | undefined {
  if (text.length > mostCharacters) return `It is longer than ${mostCharacters} characters.`
  let comparisons = 0
  // How many alternatives each open group has: those that are done, and what the one under way multiplies to.
  const open: { closing: string; done: number; product: number }[] = []
  let group = { closing: '', done: 0, product: 1 }
  for (let at = 0; at < text.length; ) {
    const character = text.charAt(at)
    if (character === '\\' || character < ' ') return unreadable
    if (character === '"') {
      const end = text.indexOf('"', at + 1)
      if (end < 0) return 'A text in it does not end.'
      if (/[\\\p{Cc}]/u.test(text.slice(at, end))) return unreadable
      at = end + 1
    } else if (character === '(' || character === '[') {
      if (open.push(group) > mostDepth) return `Its groups are nested more than ${mostDepth} deep.`
      group = { closing: character === '(' ? ')' : ']', done: 0, product: 1 }
      at++
    } else if (character === ')' || character === ']') {
      const outer = open.pop()
      if (!outer || group.closing !== character) return 'Its brackets do not match.'
      outer.product *= group.done + group.product
      group = outer
      at++
    } else if (/[a-z]/i.test(character)) {
      const end = endOfWord(text, at)
      const word = text.slice(at, end).toLowerCase()
      if (comparators.has(word)) comparisons++
      if (word === 'or') group = { ...group, done: group.done + group.product, product: 1 }
      at = end
    } else at++
    if (comparisons > mostComparisons) return `It compares more than ${mostComparisons} times.`
    if (group.done + group.product > mostAlternatives)
      return `It has more than ${mostAlternatives} alternatives.`
  }
  return open.length > 0 ? 'Its brackets do not match.' : undefined
}

function endOfWord(text: string, from: number): number {
  let end = from
  while (end < text.length && /[\w.:/%$-]/.test(text.charAt(end))) end++
  return end
}
