/** Page numbers as people write them: 3, 5–7 and 12. */
export function listPages(pages: readonly number[]): string {
  const runs: [number, number][] = []
  for (const page of pages) {
    const last = runs.at(-1)
    if (last !== undefined && page === last[1] + 1) last[1] = page
    else runs.push([page, page])
  }
  const shown = runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`))
  const end = shown.pop() ?? ''
  return shown.length === 0 ? end : `${shown.join(', ')} and ${end}`
}
