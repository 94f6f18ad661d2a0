import type { GuardrailPolicy } from '../contract.ts'
import { cleanText } from './clean-text.ts'
import { createPiiSearch, findPii, type PiiMatch } from './find-pii.ts'
import { injectionWindows, scoreInjectionWindow } from './injection.ts'
import { createPatternSet } from './pattern.ts'
import type { Author, RequestText } from './protocol.ts'
import { createPseudonyms, type Pseudonyms, redact } from './pseudonyms.ts'
import type { Verdicts } from './verdicts.ts'

/** What the guards made of a request. */
export interface GuardedRequest {
  /** A text as the model is to see it; the same in gives the same out. Undefined where every text stays what it is. */
  readonly replace: ((text: string) => string) | undefined
  readonly pseudonyms: Pseudonyms | undefined
}

/** Whose texts can carry somebody else's orders: the organization's own, and what a model wrote, are not looked at. */
const untrusted: ReadonlySet<Author> = new Set(['user', 'tool'])

/**
 * Runs the chain over the texts of a request, the cheap guards first: length, Unicode, patterns, injection, personal
 * data. What a guard finds goes into the verdicts; after one that blocks the others do not look. Of long texts others get
 * a turn in between: no request keeps the process to itself.
 */
export async function guardRequest(
  policy: GuardrailPolicy,
  texts: readonly RequestText[],
  messageCount: number,
  verdicts: Verdicts,
): Promise<GuardedRequest> {
  const untouched = { replace: undefined, pseudonyms: undefined }
  const isOver = () => verdicts.blocking() !== undefined
  checkLength(policy.length, texts, messageCount, verdicts)
  if (isOver()) return untouched

  const { action: unicode } = policy.unicode
  const cleaned = texts.map((one) => {
    if (unicode === 'off') return one
    const { text, found } = cleanText(one.text)
    for (const [kind, count] of found)
      verdicts.add({ guard: 'unicode', stage: 'input', action: unicode, count, kind })
    return unicode === 'clean' ? { ...one, text } : one
  })
  if (isOver()) return untouched

  const { patterns } = policy
  if (patterns.action !== 'off' && patterns.stages !== 'output' && patterns.patterns.length > 0) {
    const set = createPatternSet(patterns.patterns)
    for (const { text } of cleaned) {
      const search = set.search()
      let count = 0
      for await (const piece of piecesOf(text)) count += search.push(piece)
      count += search.end()
      if (count > 0) verdicts.add({ guard: 'patterns', stage: 'input', action: patterns.action, count })
    }
    if (isOver()) return untouched
  }

  const { action: injection, threshold } = policy.injection
  if (injection !== 'off') {
    for (const { author, text } of cleaned) {
      if (!untrusted.has(author)) continue
      let score = 0
      for (const window of injectionWindows(text)) {
        if (text.length > window.length) await othersTurn()
        score = Math.max(score, scoreInjectionWindow(window))
      }
      if (score >= threshold) verdicts.add({ guard: 'injection', stage: 'input', action: injection, score })
    }
    if (isOver()) return untouched
  }

  const { action: pii, kinds, reversible } = policy.pii
  const clean = unicode === 'clean' ? (text: string) => cleanText(text).text : undefined
  if (pii === 'off') return { replace: clean, pseudonyms: undefined }
  const pseudonyms = reversible ? createPseudonyms(cleaned.map(({ text }) => text)) : undefined
  let found = 0
  const hidden = new Map<string, string>()
  const hideMatches = (text: string, matches: readonly PiiMatch[]) => {
    if (matches.length === 0) return text
    return pseudonyms ? pseudonyms.hide(text, matches) : redact(text, matches)
  }
  for (const { text } of cleaned) {
    const search = createPiiSearch(kinds)
    const matches: PiiMatch[] = []
    for await (const piece of piecesOf(text)) matches.push(...search.push(piece))
    matches.push(...search.end())
    found += matches.length
    for (const { kind } of matches) verdicts.add({ guard: 'pii', stage: 'input', action: pii, kind })
    // In the order of the messages, so that names are numbered by it.
    if (pii === 'redact') hidden.set(text, hideMatches(text, matches))
  }
  if (pii !== 'redact' || found === 0) return { replace: clean, pseudonyms: undefined }
  const hide = (text: string) => hidden.get(text) ?? hideMatches(text, findPii(text, kinds))
  return { replace: (text) => hide(clean ? clean(text) : text), pseudonyms }
}

/** More than nearly any message has, and looked at in a few milliseconds. */
const pieceCharacters = 16_384

/** A text piece by piece, others having their turn in between. */
async function* piecesOf(text: string): AsyncGenerator<string> {
  for (let start = 0; start === 0 || start < text.length; start += pieceCharacters) {
    if (start > 0) await othersTurn()
    yield text.slice(start, start + pieceCharacters)
  }
}

function othersTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function checkLength(
  { action, maxCharacters, maxMessages }: GuardrailPolicy['length'],
  texts: readonly RequestText[],
  messageCount: number,
  verdicts: Verdicts,
): void {
  if (action === 'off') return
  const characters = texts.reduce((sum, { text }) => sum + text.length, 0)
  if (characters > maxCharacters)
    verdicts.add({ guard: 'length', stage: 'input', action, kind: 'characters' })
  if (messageCount > maxMessages) verdicts.add({ guard: 'length', stage: 'input', action, kind: 'messages' })
}
