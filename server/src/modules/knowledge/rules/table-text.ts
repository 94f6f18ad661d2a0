const LONGEST_CELL = 20_000

/** A row as a line of text, `a | b | c`; undefined for a row without anything in it. */
export function rowText(cells: readonly string[]): string | undefined {
  const shown = cells.map((cell) => cell.slice(0, LONGEST_CELL).replace(/\s+/gu, ' ').trim())
  while (shown.at(-1) === '') shown.pop()
  return shown.length === 0 ? undefined : shown.join(' | ')
}

/** Whether the first row names the columns: it is full of words, no number among them, and there are rows below. */
export function isHeaderRow(rows: readonly (readonly string[])[]): boolean {
  const [first, second] = rows
  if (first === undefined || second === undefined) return false
  const width = Math.max(first.length, second.length)
  if (width < 2 || first.length < width) return false
  return first.every((cell) => /\p{L}/u.test(cell) && cell.length <= 120)
}
