import type { PiiMatch } from './find-pii.ts'
import type { PiiKind } from './pii-kinds.ts'

/**
 * The names that stand in the place of personal data for one call: `<EMAIL_1>`. The same value has the same name in every
 * message, numbered by first appearance, so that a conversation that grows keeps its names from call to call. Nothing
 * is stored: the list goes with the call.
 */
export interface Pseudonyms {
  /** The text with names in the place of the matches. */
  hide(text: string, matches: readonly PiiMatch[]): string
  /** What a name stands for; undefined for one that was not given. */
  find(name: string): string | undefined
  readonly size: number
}

/** @param texts all that will be hidden in: a name that somebody wrote there himself is not given */
export function createPseudonyms(texts: readonly string[]): Pseudonyms {
  const taken = new Set(texts.flatMap((text) => text.match(/<[A-Z]+_\d+>/g) ?? []))
  const names = new Map<string, string>()
  const values = new Map<string, string>()
  const counts = new Map<PiiKind, number>()

  function nameOf(kind: PiiKind, value: string): string {
    const known = names.get(`${kind} ${value}`)
    if (known !== undefined) return known
    let number = counts.get(kind) ?? 0
    let name: string
    do {
      number += 1
      name = `<${kind.toUpperCase()}_${number}>`
    } while (taken.has(name))
    counts.set(kind, number)
    names.set(`${kind} ${value}`, name)
    values.set(name, value)
    return name
  }

  return {
    hide: (text, matches) => replaceAll(text, matches, (match, value) => nameOf(match.kind, value)),
    find: (name) => values.get(name.toUpperCase()),
    get size() {
      return values.size
    },
  }
}

/** The text with `[EMAIL]` in the place of the matches, for good. */
export function redact(text: string, matches: readonly PiiMatch[]): string {
  return replaceAll(text, matches, ({ kind }) => `[${kind.toUpperCase()}]`)
}

function replaceAll(
  text: string,
  matches: readonly PiiMatch[],
  replace: (match: PiiMatch, value: string) => string,
): string {
  let result = ''
  let at = 0
  for (const match of matches) {
    result += text.slice(at, match.start) + replace(match, text.slice(match.start, match.end))
    at = match.end
  }
  return result + text.slice(at)
}
