const before = 40
const length = 160

/**
 * The words around the first place where a text has what is looked for; undefined when it has it nowhere.
 * @param wanted in lower case
 */
export function excerptOf(text: string, wanted: string): string | undefined {
  const index = text.toLocaleLowerCase().indexOf(wanted)
  if (index === -1) return undefined
  const near = Math.max(0, index - before)
  // Not in the middle of a word.
  const space = near === 0 ? -1 : text.slice(near, index).search(/\s/)
  const start = space === -1 ? near : near + space
  const end = Math.max(start + length, index + wanted.length)
  const words = text
    .slice(start, end)
    .replaceAll(/[\s>#*_`|]+/g, ' ')
    .trim()
  return `${start > 0 ? '…' : ''}${words}${end < text.length ? '…' : ''}`
}
