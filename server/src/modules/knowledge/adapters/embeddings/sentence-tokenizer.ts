/** A vocabulary entry as the model's package keeps it: a piece of text and its log probability. */
export type VocabularyEntry = readonly [piece: string, score: number]

/** Turns text into the ids of vocabulary pieces. */
export type Tokenizer = (text: string) => Int32Array

interface TrieNode {
  readonly next: Map<number, TrieNode>
  id: number
  score: number
}

const WORD_START = '\u2581'
const UNKNOWN_ID = 0
const NO_PIECE = -1
/** The first entries stand for unknown text and control tokens and never match text. */
const RESERVED_ENTRIES = 6
/** How much worse than the rarest piece an unknown character is, as SentencePiece has it. */
const UNKNOWN_PENALTY = 10

/**
 * The unigram segmentation of SentencePiece (Kudo 2018, "Subword Regularization"): of all ways to cut the text into
 * pieces, the one with the highest summed log probability, found by one pass of the Viterbi algorithm.
 * Text is brought to NFKC, runs of white space count as one space, and each word starts with U+2581.
 */
export function createTokenizer(vocabulary: readonly VocabularyEntry[]): Tokenizer {
  const root = newNode()
  let lowestScore = 0
  vocabulary.forEach(([piece, score], id) => {
    if (id < RESERVED_ENTRIES) return
    let node = root
    for (let at = 0; at < piece.length; at++) {
      const unit = piece.charCodeAt(at)
      let next = node.next.get(unit)
      if (next === undefined) {
        next = newNode()
        node.next.set(unit, next)
      }
      node = next
    }
    node.id = id
    node.score = score
    lowestScore = Math.min(lowestScore, score)
  })
  const unknownScore = lowestScore - UNKNOWN_PENALTY

  return (text) => {
    const words = text.normalize('NFKC').trim().replace(/\s+/gu, WORD_START)
    return words === '' ? Int32Array.of(UNKNOWN_ID) : segment(root, WORD_START + words, unknownScore)
  }
}

function segment(root: TrieNode, text: string, unknownScore: number): Int32Array {
  const length = text.length
  const best = new Float64Array(length + 1).fill(Number.NEGATIVE_INFINITY)
  const from = new Int32Array(length + 1)
  const ids = new Int32Array(length + 1)
  best[0] = 0
  const offer = (start: number, end: number, id: number, pieceScore: number): void => {
    const score = (best[start] ?? 0) + pieceScore
    if (score <= (best[end] ?? 0)) return
    best[end] = score
    from[end] = start
    ids[end] = id
  }
  for (let start = 0; start < length; start++) {
    let node = root.next.get(text.charCodeAt(start))
    if (node === undefined || node.id === NO_PIECE) offer(start, start + 1, UNKNOWN_ID, unknownScore)
    for (let end = start + 1; node !== undefined; end++) {
      if (node.id !== NO_PIECE) offer(start, end, node.id, node.score)
      node = end < length ? node.next.get(text.charCodeAt(end)) : undefined
    }
  }
  const reversed: number[] = []
  for (let end = length; end > 0; end = from[end] ?? 0) {
    const id = ids[end] ?? UNKNOWN_ID
    // A run of unknown characters is one unknown token.
    if (id !== UNKNOWN_ID || reversed.at(-1) !== UNKNOWN_ID) reversed.push(id)
  }
  return Int32Array.from(reversed.reverse())
}

function newNode(): TrieNode {
  return { next: new Map(), id: NO_PIECE, score: 0 }
}
