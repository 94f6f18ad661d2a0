const longest = 60

/** A conversation's first title: the beginning of its first message, cut at a word. */
export function makeTitle(content: string): string {
  const line = content.replace(/\s+/g, ' ').trim()
  if (line.length <= longest) return line
  const cut = line.slice(0, longest + 1)
  const space = cut.lastIndexOf(' ')
  return `${cut
    .slice(0, space > longest / 2 ? space : longest)
    .trimEnd()
    .toWellFormed()}…`
}
