import { splitPassage, type Unit } from './split-passage.ts'
import { likeness, termsOf } from './terms.ts'

/** Where quotes may come from: a passage, or text the caller sent. */
export interface Source {
  /** The marker to put behind its quotes; null for none. */
  readonly marker: number | null
  readonly text: string
  readonly headings: string
  /** How much the retrieval thinks of it, relative to the other sources. */
  readonly score: number
}

export interface RankedUnit {
  readonly unit: Unit
  readonly source: Source
  readonly sourceIndex: number
  /** Place among the units of its source. */
  readonly position: number
  readonly terms: readonly string[]
  /** Part of the question's weight that it has words for, 0 to 1. */
  readonly coverage: number
  /** How many of the question's words it has. */
  readonly matched: number
  readonly score: number
  /** For each word of the question its part of the question's weight, 0 where the unit does not have it. */
  readonly shares: readonly number[]
}

/** A word of the question and how much it counts. */
export interface QuestionTerm {
  readonly term: string
  readonly weight: number
  /** A name: when no source has it, the question is about something else. */
  readonly isName: boolean
}

const termSaturation = 1.2
const lengthInfluence = 0.6
const headingCredit = 0.35
const absentWordWeight = 0.5
const absentNameWeight = 2
const leastWordsOfAnAnswer = 4
const mostWordsOfAnAnswer = 70

/**
 * Ranks every unit of the sources by how far it bears on the question, in the manner of BM25 over units (Robertson and
 * Zaragoza 2009), with credit for the heading a unit stands under, for words of the question that stand together, for the
 * kind of answer the question asks for, and for the retrieval's own ranking. Best first; ties keep the sources' order.
 */
export function rankUnits(
  question: string,
  terms: readonly QuestionTerm[],
  sources: readonly Source[],
): RankedUnit[] {
  const units = sources.flatMap((source, sourceIndex) =>
    splitPassage(source.text).map((unit, position) => {
      const unitTerms = termsOf(unit.text)
      return {
        unit,
        source,
        sourceIndex,
        position,
        terms: unitTerms,
        headingTerms: termsOf(`${unit.heading ?? ''} ${source.headings}`),
      }
    }),
  )
  const averageLength = units.reduce((sum, unit) => sum + unit.terms.length, 0) / Math.max(1, units.length)
  const rarity = terms.map(({ term, weight, isName }) => {
    const holders = units.filter((unit) => unit.terms.some((other) => likeness(term, other) > 0)).length
    const rare = Math.log(1 + (units.length - Math.max(1, holders) + 0.5) / (Math.max(1, holders) + 0.5))
    // A word that no source has is as likely another word for the same thing.
    return weight * rare * (holders > 0 ? 1 : isName ? absentNameWeight : absentWordWeight)
  })
  const totalRarity = rarity.reduce((sum, value) => sum + value, 0)
  const bestSource = Math.max(...sources.map((source) => source.score), Number.MIN_VALUE)
  const pairs = adjacentPairs(terms)

  const ranked = units.map((entry) => {
    let score = 0
    let covered = 0
    let matched = 0
    const shares: number[] = []
    for (const [index, { term }] of terms.entries()) {
      const count = entry.terms.reduce((sum, other) => sum + likeness(term, other), 0)
      const inHeading = entry.headingTerms.reduce((best, other) => Math.max(best, likeness(term, other)), 0)
      const frequency = count + (count > 0 ? 0 : headingCredit * inHeading)
      const length = 1 - lengthInfluence + lengthInfluence * (entry.terms.length / Math.max(1, averageLength))
      const weight = rarity[index] ?? 0
      score += (weight * frequency * (termSaturation + 1)) / (frequency + termSaturation * length)
      covered += weight * Math.min(1, Math.max(count, 0.6 * inHeading))
      shares.push(count > 0 && totalRarity > 0 ? weight / totalRarity : 0)
      if (count > 0) matched++
    }
    const coverage = totalRarity === 0 ? 0 : covered / totalRarity
    const standTogether = pairs.filter(([one, other]) => hasPair(entry.terms, one, other)).length
    const shape = shapeFactor(entry.unit, entry.terms.length) * kindFactor(question, entry.unit.text)
    const prior = 0.75 + 0.25 * Math.max(0, entry.source.score / bestSource)
    const total = score * (0.5 + coverage) * (1 + 0.15 * standTogether) * shape * prior
    return {
      unit: entry.unit,
      source: entry.source,
      sourceIndex: entry.sourceIndex,
      position: entry.position,
      terms: entry.terms,
      coverage,
      matched,
      score: total,
      shares,
    }
  })
  return ranked.sort(
    (one, other) =>
      other.score - one.score || one.sourceIndex - other.sourceIndex || one.position - other.position,
  )
}

/**
 * Ranks units by how much they speak of what the sources as a whole speak of, the first lines of a source before the
 * later ones: what to quote when a question names no subject ("What is this about?").
 */
export function rankByCentrality(sources: readonly Source[]): RankedUnit[] {
  const units = sources.flatMap((source, sourceIndex) =>
    splitPassage(source.text).map((unit, position) => ({
      unit,
      source,
      sourceIndex,
      position,
      terms: termsOf(unit.text),
    })),
  )
  const frequency = new Map<string, number>()
  for (const { terms } of units)
    for (const term of new Set(terms)) frequency.set(term, (frequency.get(term) ?? 0) + 1)
  return units
    .filter(({ unit }) => unit.kind === 'sentence')
    .map((entry) => {
      const distinct = new Set(entry.terms)
      const shared = Array.from(distinct, (term) => (frequency.get(term) ?? 1) - 1).reduce(
        (sum, count) => sum + count,
        0,
      )
      const central = shared / Math.max(6, distinct.size)
      const score =
        (0.5 + central) * shapeFactor(entry.unit, entry.terms.length) * (1 / (1 + 0.15 * entry.position))
      return { ...entry, coverage: 1, matched: 0, score, shares: [] }
    })
    .sort(
      (one, other) =>
        other.score - one.score || one.sourceIndex - other.sourceIndex || one.position - other.position,
    )
}

/** Fragments, headings in disguise and walls of text make poor quotes. */
function shapeFactor(unit: Unit, termCount: number): number {
  const words = unit.text.split(/\s+/).length
  let factor = unit.whole ? 1 : 0.8
  if (unit.kind === 'sentence' && words < leastWordsOfAnAnswer && termCount < leastWordsOfAnAnswer)
    factor *= 0.6
  if (words > mostWordsOfAnAnswer) factor *= 0.7
  if (unit.kind === 'sentence' && /\?["'”’]?$/.test(unit.text)) factor *= 0.6
  return factor
}

/** A question for a number, a time, a person or a reason is better answered by what holds one. */
function kindFactor(question: string, text: string): number {
  const asks = (pattern: RegExp) => pattern.test(question)
  const holds = (pattern: RegExp) => pattern.test(text)
  if (
    asks(
      /\bhow (?:much|many|long|often|old|far|big|large)\b|\bwhat (?:is|are) the (?:price|cost|fee|number|amount|limit|rate)|\bwieviel|\bwie (?:viel|lange|oft)\b/i,
    )
  ) {
    return holds(
      /\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|ninety|hundred|thousand|once|twice)\b/i,
    )
      ? 1.25
      : 1
  }
  if (asks(/\bwhen\b|\bwhat (?:date|day|year|time)\b|\bwann\b|\bdeadline\b/i)) {
    return holds(
      /\b\d{4}\b|\d{1,2}[.:]\d{2}|\b(?:january|february|march|april|may|june|july|august|september|october|november|december|monday|friday|days?|weeks?|months?|years?|within|until|before|after)\b/i,
    )
      ? 1.2
      : 1
  }
  if (asks(/\bwho\b|\bwhose\b|\bwer\b/i)) return holds(/\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+/u) ? 1.15 : 1
  if (asks(/\bwhy\b|\bwarum\b|\breason\b/i))
    return holds(/\b(?:because|since|so that|in order to|therefore|reason|weil|damit)\b/i) ? 1.25 : 1
  if (asks(/\bwhat (?:is|are|does)\b|\bdefine|\bmeaning of\b|\bwas (?:ist|sind)\b/i))
    return holds(/\b(?:is|are|means|refers to|ist|sind)\b/i) ? 1.1 : 1
  return 1
}

function adjacentPairs(terms: readonly QuestionTerm[]): [string, string][] {
  return terms.slice(1).map(({ term }, index) => [terms[index]?.term ?? '', term])
}

function hasPair(terms: readonly string[], one: string, other: string): boolean {
  return terms.some((term, index) => likeness(term, one) > 0 && likeness(terms[index + 1] ?? '', other) > 0)
}
