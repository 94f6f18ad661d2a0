import { createEncodedRuns } from './encoded-runs.ts'
import { foldCharacter } from './fold.ts'

/**
 * Whether an answer repeats the system message: so many of its words in a row. Case, accents, punctuation and layout do not
 * matter, nor does it help to write it backwards, turned by thirteen letters, letter by letter, with percent signs, in
 * hexadecimal or in Base64. Other words for the same, a translation or a cipher of the model's own are not found. Of scripts
 * without spaces two characters count as a word.
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
  /** A percent sign and what follows it, which may stand for a character. */
  let percent = ''

  function flush(): void {
    if (word !== '') onWord({ text: word, weight: 1 }, start)
    word = ''
  }

  function read(character: string, at: number): void {
    const folded = foldCharacter(character)
    if (folded === '') return
    if (!letter.test(folded)) flush()
    else if (wholeWord.test(folded)) {
      flush()
      onWord({ text: folded, weight: 0.5 }, at)
    } else {
      if (word === '') start = at
      word += folded
    }
  }

  function endPercent(): void {
    const signs = percent
    percent = ''
    for (const [index, sign] of [...signs].entries()) read(sign, offset - signs.length + index)
  }

  return {
    push(text: string) {
      for (const character of text) {
        if (percent !== '' && /[0-9A-Fa-f]/.test(character)) {
          percent += character
          offset += 1
          if (percent.length < 3) continue
          const code = Number.parseInt(percent.slice(1), 16)
          percent = ''
          read(String.fromCharCode(code), offset - 3)
          continue
        }
        if (percent !== '') endPercent()
        if (character === '%') percent = character
        else read(character, offset)
        offset += character.length
      }
    },
    flush() {
      endPercent()
      flush()
    },
    /** Where a word that has not ended begins. */
    openFrom() {
      if (word !== '') return start
      return percent === '' ? Number.POSITIVE_INFINITY : offset - percent.length
    },
  }
}

function wordsOf(text: string): Word[] {
  const words: Word[] = []
  const reader = createWordReader((word) => words.push(word))
  reader.push(text)
  reader.flush()
  return words
}

const turned = (text: string) =>
  text.replace(/[a-z]/g, (sign) => String.fromCharCode(((sign.charCodeAt(0) - 97 + 13) % 26) + 97))
const backwards = (text: string) => [...text].reverse().join('')
/** Letters of a word on average: so many one by one are as telling as the word. */
const lettersOfWord = 5

/** The ways to write a message so that it is still read, each as its own run of words. */
function waysToWrite(words: readonly Word[]): Word[][] {
  const written = (change: (text: string) => string) =>
    words.map(({ text, weight }) => ({ text: change(text), weight }))
  const letters = words.flatMap(({ text, weight }) =>
    weight === 1 ? [...text].map((one) => ({ text: one, weight: 1 / lettersOfWord })) : [],
  )
  return [[...words], written(turned), written(backwards), written(backwards).reverse(), letters]
}

/** @param secrets the system messages. Undefined where they are too short to tell a leak from chance. */
export function createLeakDetector(
  secrets: readonly string[],
  words: number,
): { search(): LeakSearch } | undefined {
  const messages = secrets.map(wordsOf)
  const total = messages.flat().reduce((sum, { weight }) => sum + weight, 0)
  if (total < words) return undefined
  // No run goes from one message into the next.
  const gap: Word = { text: '', weight: 0 }
  const sequence = messages.flatMap(waysToWrite).flatMap((way) => [...way, gap])
  const places = new Map<string, number[]>()
  sequence.forEach(({ text }, place) => {
    if (text === '') return
    const known = places.get(text)
    if (known) known.push(place)
    else places.set(text, [place])
  })

  /** Looks for runs of the sequence in words as they come. */
  function createMatcher() {
    /** By the place in the sequence that comes next: how long the run is, and where it began. */
    let runs = new Map<number, { weight: number; start: number }>()
    return {
      /** @returns whether a leak ends with the word */
      take(word: Word, at: number): boolean {
        const next = new Map<number, { weight: number; start: number }>()
        for (const place of places.get(word.text) ?? []) {
          const run = runs.get(place) ?? { weight: 0, start: at }
          // What a word weighs is for its place to say: a letter may be a word, or a part of one.
          const weight = run.weight + (sequence[place]?.weight ?? 0)
          next.set(place + 1, { weight, start: run.start })
        }
        runs = next
        // A little less, for fifths do not add up to ones.
        const isLeak = [...next.values()].some(({ weight }) => weight > words - 0.01)
        if (isLeak) runs = new Map()
        return isLeak
      },
      from: () => Math.min(Number.POSITIVE_INFINITY, ...[...runs.values()].map(({ start }) => start)),
      reset() {
        runs = new Map()
      },
    }
  }

  function isLeaked(text: string): boolean {
    const matcher = createMatcher()
    return wordsOf(text).some((word) => matcher.take(word, 0))
  }

  return {
    search() {
      const matcher = createMatcher()
      let leaks = 0
      let offset = 0
      const reader = createWordReader((word, at) => {
        if (matcher.take(word, at)) leaks += 1
      })
      const encoded = createEncodedRuns((text) => {
        if (isLeaked(text)) leaks += 1
      })
      const taken = () => {
        const found = leaks
        leaks = 0
        return found
      }
      return {
        push(text) {
          reader.push(text)
          for (const character of text) {
            encoded.push(character, offset)
            offset += character.length
          }
          return taken()
        },
        end() {
          reader.flush()
          encoded.end()
          matcher.reset()
          return taken()
        },
        heldFrom: () => Math.min(reader.openFrom(), matcher.from(), encoded.heldFrom()),
      }
    },
  }
}
