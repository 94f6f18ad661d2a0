import { fold, foldLookalikes } from './fold.ts'
import { classifyInjection, heaviestPhrases } from './injection-classifier.ts'
import { type InjectionFeature, injectionFeatures } from './injection-features.ts'
import { languageFeatures } from './injection-languages.ts'

/**
 * How much a text looks like an attempt to turn a model against its instructions: from 0 to 1. The weights of the expressions
 * that are found are added up, and a linear model over words and characters, trained with bench/detector, weighs that sum
 * beside the text itself. It reads the text undressed, and once more decoded where it holds Base64, hexadecimal numbers or rotated
 * letters. docs/guardrails.md says what it finds and what it does not; `npm run bench -- guardrails` measures it.
 */
export function scoreInjection(text: string): number {
  let most = 0
  for (const window of injectionWindows(text)) most = Math.max(most, scoreInjectionWindow(window))
  return most
}

const phrasesTold = 5
const windowCharacters = 2_000
const overlapCharacters = 400
const bias = -3
/** Of talk about attacks; more of it counts no more, lest it be a way around. */
const mostDiscount = 2.6
const discountEach = 1.3
/** How much of what is quoted counts. */
const quotedShare = 0.25
const quoted = /["“„«`]([^"“”„«»`]{4,300})["”“»`]/g
const features = [...injectionFeatures, ...languageFeatures]

const talk: readonly RegExp[] = [
  /\b(?:prompt[ -]injections?|jailbreak(?:s|ing)?|adversarial prompts?)\b.{0,80}\b(?:attacks?|attempts?|defen[cs]es?|detect\w*|mitigat\w*|classif\w*|filters?|risks?|threats?|papers?|research|articles?|examples?|techniques?|vulnerabilit\w*|is|are|works?|means?|owasp)\b/,
  /\b(?:what (?:is|are|does)|how (?:do|does|can|should|would|are)|why (?:do|does|is|are)|explain|describe|define|detect|classify|prevent|defend against|protect against|blog post|article|paper|slides?|training (?:data|material)|unit tests?|test cases?|regex|regular expression|summari[sz]e the (?:article|paper|post))\b.{0,120}\b(?:prompt[ -]injections?|jailbreaks?|attack(?:s|ers?)?|injection attacks?|system prompts?|phrases? like|strings? (?:like|such as))\b/,
  /\b(?:attackers?|adversar(?:y|ies)|malicious (?:users?|actors?|instructions?)|victims?|an attack|red[ -]team(?:ing)?)\b/,
  /\b(?:phrases?|strings?|sentences?|inputs?|prompts?|messages?|texts?|words?|payloads?) (?:such as|like|containing|that (?:says?|contains?|tells?)|saying|reading|starting with|matching)\b/,
  /\b(?:e\.g\.|for example|for instance|such as|known as|so-called|owasp|cve-\d|z\. ?b\.|par exemple|por ejemplo)/,
  /\b(?:assert\b|expect\(|def test_|re\.compile|test cases?\b)/,
]

/** The score of one window: of so many windows a long text is made, for whoever rests between them. */
export function scoreInjectionWindow(text: string): number {
  return weighWindow(text).score
}

export interface InjectionReasons {
  /** Names of the expressions that were found. */
  readonly expressions: readonly string[]
  /** The words of the text that weigh most, folded, the heaviest first. They are of the text: not for logs. */
  readonly phrases: readonly string[]
}

/** The score of a text, and what in its worst window made it. */
export function explainInjection(text: string): { score: number; reasons: InjectionReasons } {
  let worst = { score: -1, text: '' }
  for (const window of injectionWindows(text)) {
    const weighed = weighWindow(window)
    if (weighed.score > worst.score) worst = weighed
  }
  return {
    score: worst.score,
    reasons: {
      expressions: featuresIn(worst.text).map(({ name }) => name),
      phrases: heaviestPhrases(worst.text, phrasesTold),
    },
  }
}

/** Each way to read a text, folded, with what the expressions make of it in log-odds. */
export function* readingsOf(text: string): Generator<{ text: string; value: number }> {
  let isPlain = true
  for (const variant of variantsOf(text)) {
    // Nobody hides what is harmless.
    const disguise = isPlain ? 0 : 1
    yield { text: variant, value: bias + disguise + weighExpressions(variant) }
    isPlain = false
  }
}

function weighWindow(text: string): { score: number; text: string } {
  let most = { score: -1, text: '' }
  for (const reading of readingsOf(text)) {
    const score = logistic(classifyInjection(reading.text, reading.value))
    if (score > most.score) most = { score, text: reading.text }
  }
  return most
}

function weighExpressions(text: string): number {
  const sum = weigh(text)
  if (sum === 0) return 0
  const mentions = talk.filter((expression) => expression.test(text)).length
  // What is quoted in talk about attacks is an example of one.
  const said =
    mentions > 0 && text.search(quoted) !== -1 ? weigh(text.replace(quoted, ' … ')) + sum * quotedShare : sum
  return Math.min(said, sum) - Math.min(mostDiscount, mentions * discountEach)
}

function weigh(text: string): number {
  const groups = new Map<string, number>()
  for (const { name, group = name, weight } of featuresIn(text))
    groups.set(group, Math.max(groups.get(group) ?? 0, weight))
  return [...groups.values()].reduce((sum, weight) => sum + weight, 0)
}

function featuresIn(text: string): InjectionFeature[] {
  return features.filter(({ expression }) => expression.test(text))
}

function logistic(value: number): number {
  return Math.round((1 / (1 + Math.exp(-value))) * 1_000) / 1_000
}

export function* injectionWindows(text: string): Generator<string> {
  for (
    let start = 0;
    start === 0 || start < text.length - overlapCharacters;
    start += windowCharacters - overlapCharacters
  )
    yield text.slice(start, start + windowCharacters)
}

function* variantsOf(text: string): Generator<string> {
  const plain = foldLookalikes(fold(text)).replace(/ı/g, 'i').replace(/ +/g, ' ').trim()
  yield plain
  const joined = joinSpacedLetters(plain)
  if (joined !== plain) yield joined
  const spoken = unleet(plain)
  if (spoken !== plain) yield spoken
  for (const hidden of decode(text)) yield foldLookalikes(fold(hidden)).replace(/ +/g, ' ')
  if (looksRotated(plain)) yield rotate13(plain)
  if (looksReversed(plain)) yield [...plain].reverse().join('')
}

/** `i g n o r e   a l l` and `i-g-n-o-r-e`. */
function joinSpacedLetters(text: string): string {
  return text.replace(/(?<![a-z0-9])[a-z](?:[ ._*|-]{1,2}[a-z]){4,}(?![a-z0-9])/g, (run) =>
    splitWords(run.replace(/[ ._*|-]/g, '')),
  )
}

const glued =
  /(ignore|disregard|forget|reveal|print|show|repeat|previous|prior|all|above|your|the|system|prompt|instructions?|rules|developer|mode|jailbreak|and|you|are|now|dan|guidelines|safety|filters?|disable)/g

/** Letters that were apart hold no spaces of their own: the words that matter are set apart again. */
function splitWords(text: string): string {
  return text.replace(glued, ' $1 ').replace(/ +/g, ' ').trim()
}

const leet: Readonly<Record<string, string>> = {
  0: 'o',
  1: 'i',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}

function unleet(text: string): string {
  return text.replace(/(?<![\w.])(?=[a-z@$!]*\d|[a-z]*[@$!][a-z])[a-z\d@$!]{3,}(?![\w.])/g, (word) =>
    /[a-z]/.test(word) ? word.replace(/[013457@$!]/g, (one) => leet[one] ?? one) : word,
  )
}

/** What stands in Base64 or hexadecimal numbers, where it is readable. */
function* decode(text: string): Generator<string> {
  let found = 0
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{24,}={0,2}/g)) {
    const isHexadecimal = /^(?:[0-9a-f]{2})+$/i.test(run)
    const hidden = Buffer.from(run, isHexadecimal ? 'hex' : 'base64').toString('utf8')
    if (isReadable(hidden)) yield hidden
    if (++found === 8) return
  }
  for (const [run] of text.matchAll(/(?:(?:\\x|%|0x)?[0-9a-f]{2}[ ,]?){16,}/gi)) {
    const hidden = Buffer.from(run.replace(/\\x|0x|[%, ]/gi, ''), 'hex').toString('utf8')
    if (isReadable(hidden)) yield hidden
    if (++found === 12) return
  }
}

function isReadable(text: string): boolean {
  const letters = text.match(/[\p{L} .,!?':;-]/gu)?.length ?? 0
  return text.length >= 10 && !text.includes('\ufffd') && letters / text.length > 0.9
}

/** Words of English that are frequent when it is rotated by thirteen letters. */
function looksRotated(text: string): boolean {
  return /\b(?:gur|naq|lbhe?|nyy|vtaber|cerivbhf|vafgehpgvbaf?|flfgrz|cebzcg|erirny|cevag)\b/.test(text)
}

function rotate13(text: string): string {
  return text.replace(/[a-z]/g, (letter) => String.fromCharCode(((letter.charCodeAt(0) - 97 + 13) % 26) + 97))
}

function looksReversed(text: string): boolean {
  return (
    /\b(?:eht|snoitcurtsni|suoiverp|erongi|tpmorp|metsys|laever|tnirp|lla|ruoy)\b/.test(text) &&
    /\b(?:snoitcurtsni|suoiverp|tpmorp|metsys|selur|erongi)\b/.test(text)
  )
}
