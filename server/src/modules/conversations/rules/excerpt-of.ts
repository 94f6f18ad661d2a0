const before = 40
const length = 160

/**
 * The words around the first place where a text has what is looked for; undefined when it has it nowhere.
 * @param wanted in lower case
 */
export function excerptOf(text: string, wanted: string): string | undefined {
  const index = text.toLocaleLowerCase().indexOf(wanted)
  if (index === -1) return undefined
  const start = Math.max(0, index - before)
  const end = Math.max(start + length, index + wanted.length)
  const words = text.slice(start, end).replaceAll(/\s+/g, ' ').trim()
  return `${start > 0 ? '…' : ''}${words}${end < text.length ? '…' : ''}`
}
