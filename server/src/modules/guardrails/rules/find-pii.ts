import type { PiiKind } from './pii-kinds.ts'
import { contextLength, longestMatch, type PiiShape, piiShapes, runStart } from './pii-shapes.ts'

export interface PiiMatch {
  readonly kind: PiiKind
  readonly start: number
  readonly end: number
}

/** All of a text's personal data, from left to right, none over another. */
export function findPii(text: string, kinds: readonly PiiKind[]): PiiMatch[] {
  const search = createPiiSearch(kinds)
  return [...search.push(text), ...search.end()]
}

/** The same search over a text that comes in pieces: whatever the pieces, the matches are the same. */
export interface PiiSearch {
  /** @returns matches that nothing to come can change, by their offsets in the whole text */
  push(text: string): PiiMatch[]
  end(): PiiMatch[]
  /** Everything before this offset is decided. */
  settled(): number
}

/**
 * A match that begins at a place is decided once the run it stands in has ended, or more text than the longest match has
 * come behind the place. Places are decided from left to right, and a match that was taken is passed over, so
 * that it does not matter where the pieces were cut.
 */
export function createPiiSearch(kinds: readonly PiiKind[]): PiiSearch {
  const shapes = piiShapes.filter(({ kind }) => kinds.includes(kind))
  /** The end of the text, from a little before what is undecided. */
  let tail = ''
  let tailOffset = 0
  /** In the tail. */
  let position = 0

  function* decided(limit: number): Generator<PiiMatch> {
    const next = shapes.map((shape) => findFrom(shape, tail, position))
    for (;;) {
      let first: { kind: PiiKind; start: number; end: number } | undefined
      next.forEach((match, index) => {
        const shape = shapes[index]
        if (!match || !shape) return
        const current = match.start < position ? findFrom(shape, tail, position) : match
        next[index] = current
        if (current && (!first || current.start < first.start)) first = { kind: shape.kind, ...current }
      })
      if (!first || first.start >= limit) break
      position = first.end
      yield { kind: first.kind, start: first.start + tailOffset, end: first.end + tailOffset }
    }
    position = Math.max(position, limit)
    const cut = Math.max(0, position - contextLength)
    tail = tail.slice(cut)
    tailOffset += cut
    position -= cut
  }

  return {
    push(text) {
      tail += text
      const limit = Math.max(runStart(tail, position), tail.length - longestMatch - 1)
      return limit > position || tail.length - position > longestMatch ? [...decided(limit)] : []
    },
    end: () => [...decided(tail.length)],
    settled: () => tailOffset + position,
  }
}

function findFrom(shape: PiiShape, text: string, from: number): { start: number; end: number } | undefined {
  const { expression, accept } = shape
  let at = from
  for (;;) {
    expression.lastIndex = at
    const match = expression.exec(text)
    if (!match) return undefined
    const end = match.index + match[0].length
    const before = text.slice(Math.max(0, match.index - contextLength), match.index)
    const length = accept(match[0], before, text.slice(end, end + 4))
    if (length > 0) return { start: match.index, end: match.index + length }
    at = match.index + 1
  }
}
