import { fold } from '../../server/src/modules/guardrails/rules/fold.ts'

const run = 5
/** So much of what is shorter must stand in the other. */
const share = 0.5

/**
 * Says whether a text is nearly one of these: half of its runs of five words stand in one of them, or, of what is shorter than that,
 * all words in their order.
 */
export function nearDuplicatesOf(texts: readonly string[]): (text: string) => boolean {
  const holders = new Map<string, number[]>()
  const sizes = texts.map((text, index) => {
    const runs = runsOf(text)
    for (const one of runs) holders.set(one, [...(holders.get(one) ?? []), index])
    return runs.size
  })
  return (text) => {
    const runs = runsOf(text)
    const shared = new Map<number, number>()
    for (const one of runs)
      for (const index of holders.get(one) ?? []) shared.set(index, (shared.get(index) ?? 0) + 1)
    return [...shared].some(([index, count]) => count >= share * Math.min(runs.size, sizes[index] ?? 0))
  }
}

function runsOf(text: string): Set<string> {
  const words = fold(text).match(/[\p{L}\p{N}]+/gu) ?? []
  if (words.length < run) return new Set([words.join(' ')])
  return new Set(words.slice(run - 1).map((_, index) => words.slice(index, index + run).join(' ')))
}
