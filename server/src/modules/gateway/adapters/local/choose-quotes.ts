import type { RankedUnit, Source } from './rank-units.ts'
import type { Unit } from './split-passage.ts'

/** Units of one source that are quoted together, in their order. */
export interface Quote {
  readonly source: Source
  readonly units: readonly Unit[]
  /** The quote begins or ends where the source does, and so perhaps in the middle of a sentence. */
  readonly opensSource: boolean
  readonly closesSource: boolean
}

const mostQuotes = 5
/** A further quote has to be at least this good, relative to the best. */
const leastShareOfBest = 0.4
/** Part of the question's weight that a quote has to have words for, unless it has two of its words. */
const leastCoverage = 0.35
const leastCoverageOfSeveral = 0.15
const repeatPenalty = 0.8
/** What words of the question that no quote has yet add to the worth of the next. */
const noveltyCredit = 1
const mostSharedWords = 0.6
const mostFollowers = 6
const mostCandidates = 200

/** True for a unit that has enough of the question's words to be worth showing. */
export function bearsOnQuestion(candidate: RankedUnit): boolean {
  return (
    candidate.coverage >= leastCoverage ||
    (candidate.matched >= 2 && candidate.coverage >= leastCoverageOfSeveral)
  )
}

/**
 * Picks up to five units, the best first: none that says what another says, fewer from one source than from several, none
 * far below the best. Each is given what it needs to be understood: the sentence before or after that a "This …" ties to it, the list after a colon.
 */
export function chooseQuotes(ranked: readonly RankedUnit[], isHowTo: boolean): Quote[] {
  const best = ranked[0]?.score ?? 0
  const chosen: RankedUnit[] = []
  const candidates = ranked.slice(0, mostCandidates)
  while (chosen.length < mostQuotes) {
    let next: { candidate: RankedUnit; worth: number } | undefined
    for (const candidate of candidates) {
      const worth =
        candidate.score *
        repeatPenalty ** countOf(chosen, candidate.sourceIndex) *
        (1 + noveltyCredit * novelty(chosen, candidate))
      if (!next || worth > next.worth) next = { candidate, worth }
    }
    if (!next || next.worth < best * leastShareOfBest || next.worth <= 0) break
    candidates.splice(candidates.indexOf(next.candidate), 1)
    if (!chosen.some((other) => saysTheSame(other, next.candidate))) chosen.push(next.candidate)
  }
  return mergeQuotes(chosen, ranked, isHowTo)
}

function countOf(chosen: readonly RankedUnit[], sourceIndex: number): number {
  return chosen.filter((unit) => unit.sourceIndex === sourceIndex).length
}

/** Part of the question's weight that the candidate has words for and no chosen unit has. */
function novelty(chosen: readonly RankedUnit[], candidate: RankedUnit): number {
  if (chosen.length === 0) return 0
  return candidate.shares.reduce(
    (sum, share, index) => (chosen.some((unit) => (unit.shares[index] ?? 0) > 0) ? sum : sum + share),
    0,
  )
}

function saysTheSame(one: RankedUnit, other: RankedUnit): boolean {
  const words = new Set(one.terms)
  const others = new Set(other.terms)
  if (words.size === 0 || others.size === 0) return one.unit.text === other.unit.text
  const shared = Array.from(words).filter((word) => others.has(word)).length
  return shared / Math.min(words.size, others.size) > mostSharedWords && one.sourceIndex !== other.sourceIndex
    ? true
    : shared === Math.max(words.size, others.size)
}

/** Quotes in the order they were chosen; those of one source that touch become one. */
function mergeQuotes(
  chosen: readonly RankedUnit[],
  ranked: readonly RankedUnit[],
  isHowTo: boolean,
): Quote[] {
  const spans: { sourceIndex: number; source: Source; positions: Set<number> }[] = []
  for (const { sourceIndex, source, position } of chosen) {
    const units = unitsOf(ranked, sourceIndex)
    const positions = withContext(units, position, isHowTo)
    const touching = spans.find(
      (span) =>
        span.sourceIndex === sourceIndex &&
        positions.some((place) => [place - 1, place, place + 1].some((near) => span.positions.has(near))),
    )
    if (touching) for (const place of positions) touching.positions.add(place)
    else spans.push({ sourceIndex, source, positions: new Set(positions) })
  }
  return spans.map(({ sourceIndex, source, positions }) => {
    const units = unitsOf(ranked, sourceIndex)
    const places = [...positions].sort((one, other) => one - other)
    return {
      source,
      units: places.flatMap((place) => units[place] ?? []),
      opensSource: places[0] === 0,
      closesSource: places.at(-1) === units.length - 1,
    }
  })
}

function unitsOf(ranked: readonly RankedUnit[], sourceIndex: number): Unit[] {
  const units: Unit[] = []
  for (const entry of ranked) if (entry.sourceIndex === sourceIndex) units[entry.position] = entry.unit
  return units
}

const refersBack =
  /^(?:it|this|that|these|those|they|he|she|such|otherwise|therefore|however|in (?:this|that|such) case|the same|das|dies|diese|dieser|er|sie|es|dabei|dann)\b/i

/** The positions of a unit and of what it cannot be understood without. */
function withContext(units: readonly Unit[], position: number, isHowTo: boolean): number[] {
  const positions = [position]
  const unit = units[position]
  if (!unit) return positions
  const before = units[position - 1]
  if (unit.kind === 'sentence' && refersBack.test(unit.text) && before?.kind === 'sentence')
    positions.unshift(position - 1)
  if (unit.kind === 'code' && before && before.kind !== 'code') positions.unshift(position - 1)
  if (unit.kind === 'item') {
    let first = position
    while (units[first - 1]?.kind === 'item') first--
    if (units[first - 1]?.introduces) positions.unshift(first - 1)
  }
  const after = units[position + 1]
  if (unit.kind === 'sentence' && after?.kind === 'sentence' && refersBack.test(after.text))
    positions.push(position + 1)
  const leads = unit.introduces || (isHowTo && after?.kind === 'code')
  for (let next = position + 1; leads && next <= position + mostFollowers; next++) {
    const kind = units[next]?.kind
    if (kind === undefined || kind === 'sentence') break
    positions.push(next)
    // One block of code is what the sentence led to; what follows belongs to the next.
    if (kind === 'code') break
  }
  return positions
}
