/**
 * A folded text as a sparse vector: its words, pairs and triples of neighbours, and the runs of three to five characters inside its
 * words, each hashed to one of `featureCount` places (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning",
 * 2009). Words and characters are each brought to length one, so that a long text weighs no more than a short one.
 */
export interface TextFeatures {
  readonly places: Uint32Array
  readonly values: Float32Array
}

export const featureCount = 1 << 17
const mostWords = 1_200
const longestWord = 40
const longestSpan = 3
const wordOrMark = /[\p{L}\p{M}\p{N}_]+|[<>[\]{}|#=:*]{2,}|[?!:]/gu
const prime = 0x01000193
const firstHash = 0x811c9dc5
/** Words are not hashed to the places of runs of characters. */
const wordHash = Math.imul(firstHash ^ 0x77, prime)

export function textFeatures(folded: string): TextFeatures {
  const words = wordsOf(folded)
  const seen = new Uint8Array(featureCount / 8)
  const ofWords: number[] = []
  const ofCharacters: number[] = []
  words.forEach((word, index) => {
    let hash = wordHash
    for (let count = 0; count < longestSpan && index + count < words.length; count++) {
      hash = continueHash(hash, count === 0 ? word : ` ${words[index + count] ?? ''}`)
      add(spread(hash), seen, ofWords)
    }
    addCharacters(` ${word} `, seen, ofCharacters)
  })
  const places = new Uint32Array([...ofWords, ...ofCharacters])
  const values = new Float32Array(places.length)
  values.fill(1 / Math.sqrt(ofWords.length), 0, ofWords.length)
  values.fill(1 / Math.sqrt(ofCharacters.length), ofWords.length)
  return { places, values }
}

/** The words of a text and those that stand together, each with its place: what an explanation can name. */
export function* namedFeatures(folded: string): Generator<readonly [phrase: string, place: number]> {
  const words = wordsOf(folded)
  for (const index of words.keys())
    for (let count = 1; count <= longestSpan && index + count <= words.length; count++) {
      const phrase = words.slice(index, index + count).join(' ')
      yield [phrase, spread(continueHash(wordHash, phrase))]
    }
}

function wordsOf(folded: string): string[] {
  const words: string[] = []
  for (const [one] of folded.matchAll(wordOrMark)) {
    words.push(one.slice(0, longestWord).replace(/\p{N}/gu, '0'))
    if (words.length === mostWords) break
  }
  return words
}

function addCharacters(text: string, seen: Uint8Array, places: number[]): void {
  for (let start = 0; start < text.length - 2; start++) {
    let hash = firstHash
    for (let offset = 0; offset < 5 && start + offset < text.length; offset++) {
      hash = Math.imul(hash ^ text.charCodeAt(start + offset), prime)
      if (offset >= 2) add(spread(hash), seen, places)
    }
  }
}

/** Each place once, by a bit for each of them. */
function add(place: number, seen: Uint8Array, places: number[]): void {
  const byte = seen[place >> 3] ?? 0
  const bit = 1 << (place & 7)
  if ((byte & bit) !== 0) return
  seen[place >> 3] = byte | bit
  places.push(place)
}

/** FNV-1a, of code units. */
function continueHash(start: number, text: string): number {
  let hash = start
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), prime)
  return hash
}

/** The last bits of a hash of this family depend on too little. */
function spread(hash: number): number {
  return ((hash ^ (hash >>> 15)) >>> 0) & (featureCount - 1)
}
