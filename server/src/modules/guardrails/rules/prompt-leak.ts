import { foldCharacter } from './fold.ts'

/**
 * Whether an answer repeats the system message: so many of its words in a row. Case, accents, punctuation and layout do not
 * matter; other words for the same, a translation or an encoding are not found. Of scripts without spaces two characters
 * count as a word.
 */
export interface LeakSearch {
  /** @returns how many leaks ended in it */
  push(text: string): number
  end(): number
  /** Everything before this offset is in no leak that may still come. */
  heldFrom(): number
}

const letter = /[\p{L}\p{N}]/u
const wholeWord =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u

interface Word {
  readonly text: string
  readonly weight: number
}

/** Calls back with each word of a text that comes in pieces. */
function createWordReader(onWord: (word: Word, start: number) => void) {
  let word = ''
  let start = 0
  let offset = 0
  function flush(): void {
    if (word !== '') onWord({ text: word, weight: 1 }, start)
    word = ''
  }
  return {
    push(text: string) {
      for (const character of text) {
        const folded = foldCharacter(character)
        if (folded !== '') {
          if (!letter.test(folded)) flush()
          else if (wholeWord.test(folded)) {
            flush()
            onWord({ text: folded, weight: 0.5 }, offset)
          } else {
            if (word === '') start = offset
            word += folded
          }
        }
        offset += character.length
      }
    },
    flush,
    /** Where a word that has not ended begins. */
    openFrom: () => (word === '' ? Number.POSITIVE_INFINITY : start),
  }
}

/** @param secrets the system messages. Undefined where they are too short to tell a leak from chance. */
export function createLeakDetector(
  secrets: readonly string[],
  words: number,
): { search(): LeakSearch } | undefined {
  const sequence: Word[] = []
  for (const secret of secrets) {
    const reader = createWordReader((word) => sequence.push(word))
    reader.push(secret)
    reader.flush()
    // No run goes from one message into the next.
    sequence.push({ text: '', weight: 0 })
  }
  const total = sequence.reduce((sum, { weight }) => sum + weight, 0)
  if (total < words) return undefined
  const places = new Map<string, number[]>()
  sequence.forEach(({ text }, place) => {
    if (text === '') return
    const known = places.get(text)
    if (known) known.push(place)
    else places.set(text, [place])
  })

  return {
    search() {
      /** By the place in the sequence that comes next: how long the run is, and where it began. */
      let runs = new Map<number, { weight: number; start: number }>()
      let leaks = 0
      const reader = createWordReader((word, at) => {
        const next = new Map<number, { weight: number; start: number }>()
        for (const place of places.get(word.text) ?? []) {
          const run = runs.get(place) ?? { weight: 0, start: at }
          next.set(place + 1, { weight: run.weight + word.weight, start: run.start })
        }
        runs = next
        for (const { weight } of next.values()) {
          if (weight < words) continue
          leaks += 1
          runs = new Map()
          break
        }
      })
      const taken = () => {
        const found = leaks
        leaks = 0
        return found
      }
      return {
        push(text) {
          reader.push(text)
          return taken()
        },
        end() {
          reader.flush()
          runs = new Map()
          return taken()
        },
        heldFrom() {
          let from = reader.openFrom()
          for (const { start } of runs.values()) from = Math.min(from, start)
          return from
        },
      }
    },
  }
}
