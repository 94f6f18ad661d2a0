/** Where a passage stands in its document: page 4 · 2.1 After cancellation. */
export function placeOf(passage: { page: number | null; heading: string | null; ordinal?: number }): string {
  const parts = [passage.page === null ? null : `page ${passage.page}`, passage.heading]
  const known = parts.filter((part) => part !== null && part !== '')
  if (known.length > 0) return known.join(' · ')
  return passage.ordinal === undefined ? '' : `passage ${passage.ordinal + 1}`
}
