import { foldCharacter } from './fold.ts'

/**
 * Banned words and phrases, found in one pass however many there are. A pattern is a literal with `*` (any run without a
 * space) and `?` (one character that is no space); there is nothing in it that could backtrack. At an end that is a letter or
 * digit of a script with words between spaces it must be a word's end.
 *
 * The search is a set of threads, one for each place in a pattern that the text has come to, each with where it began:
 * so it knows at every moment from where on a match may be under way, which is what a stream has to hold back.
 */
export interface PatternSearch {
  /** @returns how many matches ended in it */
  push(text: string): number
  /** The text has ended. @returns how many matches ended with it */
  end(): number
  /** Everything before this offset is in no match that may still come; `Infinity` where none is under way. */
  heldFrom(): number
}

export interface PatternSet {
  search(): PatternSearch
}

interface Pattern {
  readonly tokens: readonly string[]
  readonly startsAtWord: boolean
  readonly endsAtWord: boolean
}

const anyRun = '*'
const anyOne = '?'
const mostRuns = 4
/** More than any pattern has places. */
const width = 128
const wordish =
  /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Arabic}\p{Script=Hebrew}\p{N}_]/u

/** Why it cannot be a pattern; undefined where it can. */
export function patternProblem(source: string): string | undefined {
  const { tokens } = compile(source)
  const literal = tokens.filter((token) => token !== anyRun && token !== anyOne && token !== ' ')
  if (literal.length < 2) return 'must hold at least two characters besides * and ?'
  if (tokens.length >= width) return 'is too long'
  if (tokens.filter((token) => token === anyRun).length > mostRuns) return `must hold at most ${mostRuns} *`
  return undefined
}

function compile(source: string): Pattern {
  const folded = [...source.trim()].map(foldCharacter).join('').replace(/ +/g, ' ')
  const inner = folded.replace(/^\*+/, '').replace(/\*+$/, '').replace(/\*+/g, '*')
  const tokens = [...inner]
  return {
    tokens,
    startsAtWord: !folded.startsWith(anyRun) && wordish.test(tokens[0] ?? ''),
    endsAtWord: !folded.endsWith(anyRun) && wordish.test(tokens.at(-1) ?? ''),
  }
}

export function createPatternSet(sources: readonly string[]): PatternSet {
  const patterns = sources.filter((source) => patternProblem(source) === undefined).map(compile)
  const byFirst = new Map<string, number[]>()
  patterns.forEach(({ tokens }, index) => {
    const first = tokens[0] ?? ''
    byFirst.set(first, [...(byFirst.get(first) ?? []), index])
  })
  const none: readonly number[] = []

  return {
    search() {
      /** Pattern and place in one number, with the offset where it began. */
      let threads = new Map<number, number>()
      /** Matches that count unless a letter follows: pattern, and where it began. */
      let pending = new Map<number, number>()
      let previous = ' '
      let offset = 0

      function arrive(next: Map<number, number>, index: number, place: number, start: number): boolean {
        const { tokens, endsAtWord } = patterns[index] ?? { tokens: [], endsAtWord: false }
        if (place === tokens.length) {
          if (!endsAtWord) return true
          if (!pending.has(index)) pending.set(index, start)
          return false
        }
        const key = index * width + place
        const known = next.get(key)
        if (known === undefined || start < known) next.set(key, start)
        if (tokens[place] === anyRun) return arrive(next, index, place + 1, start)
        return false
      }

      /** @returns whether a match ended */
      function step(character: string, at: number): boolean {
        if (character === ' ' && previous === ' ') return false
        let found = false
        if (pending.size > 0) {
          if (!wordish.test(character)) found = true
          pending = new Map()
        }
        const next = new Map<number, number>()
        const isSpace = character === ' '
        for (const [key, start] of threads) {
          const index = Math.floor(key / width)
          const place = key % width
          const token = patterns[index]?.tokens[place]
          if (token === anyRun) {
            if (!isSpace && arrive(next, index, place, start)) found = true
          } else if (token === character || (token === anyOne && !isSpace)) {
            if (arrive(next, index, place + 1, start)) found = true
          }
        }
        const isWordStart = !wordish.test(previous)
        const begin = (index: number) => {
          if (patterns[index]?.startsAtWord && !isWordStart) return
          if (arrive(next, index, 1, at)) found = true
        }
        for (const index of byFirst.get(character) ?? none) begin(index)
        if (!isSpace) for (const index of byFirst.get(anyOne) ?? none) begin(index)
        threads = found ? new Map() : next
        if (found) pending = new Map()
        previous = character
        return found
      }

      return {
        push(text) {
          let matches = 0
          for (const character of text) {
            for (const one of foldCharacter(character)) if (step(one, offset)) matches += 1
            offset += character.length
          }
          return matches
        },
        end() {
          const matches = pending.size > 0 ? 1 : 0
          pending = new Map()
          threads = new Map()
          return matches
        },
        heldFrom: () => Math.min(...threads.values(), ...pending.values(), Number.POSITIVE_INFINITY),
      }
    },
  }
}
