/** A key of the operator's, as a setting has it. */
export interface ListedKey {
  readonly key: string
  readonly weight: number
  readonly requestsPerMinute: number | null
}

/**
 * The keys of a setting such as `OPENROUTER_API_KEY`: one, or several separated by commas, each with `;weight=3` and
 * `;rpm=600` behind it where they differ. What is no such word belongs to the key.
 */
export function readKeyList(text: string): readonly ListedKey[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => {
      const words = [...entry.matchAll(/;(weight|rpm)=(\d{1,7})(?=;|$)/g)]
      const numberOf = (name: string) => {
        const found = words.find((word) => word[1] === name)?.[2]
        return found === undefined ? null : Math.max(1, Number(found))
      }
      const [first] = words
      return {
        key: first ? entry.slice(0, first.index) : entry,
        weight: numberOf('weight') ?? 1,
        requestsPerMinute: numberOf('rpm'),
      }
    })
}
