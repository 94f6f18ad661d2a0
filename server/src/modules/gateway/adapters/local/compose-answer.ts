import type { Passage } from '../provider.ts'
import { bearsOnQuestion, chooseQuotes } from './choose-quotes.ts'
import { type QuestionTerm, rankByCentrality, rankUnits, type Source } from './rank-units.ts'
import { renderQuotes } from './render-quotes.ts'
import { termsOf } from './terms.ts'

export interface Asked {
  readonly question: string
  /** The question before this one, for one that only goes on from it. */
  readonly earlierQuestion: string
  /** What was retrieved; undefined when nobody searched. */
  readonly passages: readonly Passage[] | undefined
  /** Text that came with the request, to quote from where nobody searched. */
  readonly texts: readonly string[]
}

const connectAModel =
  'set `OPENROUTER_API_KEY`, or `OPENAI_BASE_URL` for any OpenAI-compatible server such as Ollama, and restart the server'

const sayings = {
  documents: 'No language model is configured, so here is what your documents say:',
  closest:
    'No language model is configured. Your documents hardly use the words of the question; these passages come closest in meaning:',
  texts: 'No language model is configured, so here is what the text you sent says:',
  greeting:
    'No language model is configured, so this model cannot converse: it answers a question by quoting your documents. Ask about something that is in them.',
  nothing: `No language model is configured, and nothing found in your documents bears on this question.\n\nTry the words that your documents use, or upload one that holds the answer. To have answers written by a language model, ${connectAModel}.`,
  nothingInTexts: `No language model is configured, and nothing in the text you sent bears on this question.\n\nTo have answers written by a language model, ${connectAModel}.`,
  nobodySearched: `No language model is configured. This model only quotes: from your documents, when you ask through \`POST /api/v1/messages\`, or from a text that you send along with the question.\n\nTo have answers written by a language model, ${connectAModel}.`,
} as const

/** A paraphrase shares no word with its passage, yet the embeddings of the two are about this close. */
const relatedSimilarity = 0.4
const earlierWeight = 0.4
const mostOverviewQuotes = 4
const mostCharacters = 100_000

/** The answer in Markdown: one sentence that says what is speaking, then quotes, each with its marker. */
export function composeAnswer(asked: Asked): string {
  if (asked.passages === undefined && asked.texts.length === 0) return sayings.nobodySearched
  const fromDocuments = asked.passages !== undefined
  const sources = limitSources(
    fromDocuments ? asked.passages.map(sourceOfPassage) : asked.texts.map(sourceOfText),
  )
  const terms = questionTerms(asked)
  const say = (saying: keyof typeof sayings, body = '') =>
    body === '' ? sayings[saying] : `${sayings[saying]}\n\n${body}`
  const opening = fromDocuments ? 'documents' : 'texts'

  if (terms.length === 0 && isGreeting(asked.question)) return say('greeting')
  if (terms.length === 0) {
    const overview = chooseQuotes(rankByCentrality(sources), false).slice(0, mostOverviewQuotes)
    return overview.length === 0
      ? say(fromDocuments ? 'nothing' : 'nothingInTexts')
      : say(opening, renderQuotes(overview, terms))
  }
  const ranked = rankUnits(asked.question, terms, sources)
  const bearing = ranked.filter(bearsOnQuestion)
  if (bearing.length > 0) {
    // The others stay at hand, because what a quote needs around it need not bear on the question by itself.
    const chosen = new Set(bearing)
    const others = ranked.filter((unit) => !chosen.has(unit)).map((unit) => ({ ...unit, score: 0 }))
    return say(opening, renderQuotes(chooseQuotes([...bearing, ...others], asksHow(asked.question)), terms))
  }
  const related = new Set(
    asked.passages
      ?.filter((passage) => (passage.similarity ?? 0) >= relatedSimilarity)
      .map((passage) => passage.marker),
  )
  const isRelated = (source: Source) => source.marker !== null && related.has(source.marker)
  const worded = ranked.filter((unit) => unit.score > 0 && isRelated(unit.source))
  const closest = chooseQuotes(
    worded.length > 0 ? worded : rankByCentrality(sources.filter(isRelated)),
    false,
  ).slice(0, 2)
  if (closest.length > 0) return say('closest', renderQuotes(closest, terms))
  return say(fromDocuments ? 'nothing' : 'nothingInTexts')
}

function sourceOfPassage(passage: Passage): Source {
  const name = passage.documentName.replace(/\.[a-z0-9]{1,5}$/i, '').replace(/[_-]+/g, ' ')
  return {
    marker: passage.marker,
    text: passage.text,
    headings: `${passage.heading ?? ''} ${name}`,
    score: passage.score,
  }
}

/** Reading is done on the event loop, so a text of any length must not be read whole. */
function limitSources(sources: readonly Source[]): Source[] {
  let left = mostCharacters
  return sources.map((source) => {
    const text = source.text.slice(0, left)
    left -= text.length
    return { ...source, text }
  })
}

function sourceOfText(text: string): Source {
  return { marker: null, text, headings: '', score: 1 }
}

/** The subject words of the question; of one that has hardly any, also those of the question before it, at less weight. */
function questionTerms({ question, earlierQuestion }: Asked): QuestionTerm[] {
  const own = new Set(subjectTerms(question))
  const names = namesIn(question)
  const terms = Array.from(own, (term) => ({ term, weight: 1, isName: names.has(term) }))
  const goesOn =
    /^(?:and|but|or|what about|how about|why|und|aber)\b/i.test(question.trim()) || own.size === 0
  if (own.size <= 1 && goesOn && !asksForOverview(question) && !isGreeting(question)) {
    for (const term of new Set(subjectTerms(earlierQuestion))) {
      if (!own.has(term)) terms.push({ term, weight: earlierWeight, isName: false })
    }
  }
  return terms
}

/** Words with a capital inside the question, unless it writes most words so, as German and titles do. */
function namesIn(question: string): ReadonlySet<string> {
  const words = question.match(/[\p{L}\p{N}]+/gu) ?? []
  const capitalized = words.slice(1).filter((word) => /^\p{Lu}/u.test(word) && word !== 'I')
  const subjects = subjectTerms(words.slice(1).join(' '))
  return new Set(capitalized.length * 2 > subjects.length + 1 ? [] : capitalized.flatMap(termsOf))
}

function isGreeting(question: string): boolean {
  return /^\W*(?:(?:hi|hello|hey|hallo|hola|bonjour|moin|servus|thanks?|thank you|danke|merci|gracias|ok(?:ay)?|good (?:morning|day|evening))\b\W*(?:there\b\W*)?)*$/i.test(
    question,
  )
}

function subjectTerms(question: string): string[] {
  const withoutMeasure = question.replace(/\bhow (?:long|many|much|often|old|far|big|large|soon)\b/gi, ' ')
  return termsOf(asksForOverview(question) ? '' : withoutMeasure)
}

/** "What is this about?", "Summarize the document": no word of it names a subject. */
function asksForOverview(question: string): boolean {
  const overview =
    /\b(?:summar\w*|overview|tl;?dr|main (?:points?|ideas?)|key (?:points?|takeaways?)|zusammenfass\w*|überblick)\b/i
  const rest = termsOf(question.replace(new RegExp(overview, 'gi'), ' '))
  return overview.test(question) && rest.length === 0
}

function asksHow(question: string): boolean {
  return /\bhow (?:do|does|to|can|should|would|is|are)\b|\bwie (?:kann|wird|muss|installier|starte)/i.test(
    question,
  )
}
