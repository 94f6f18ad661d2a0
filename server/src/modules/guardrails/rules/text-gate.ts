import type { GuardrailPolicy } from '../contract.ts'
import { createPiiSearch } from './find-pii.ts'
import type { PatternSet } from './pattern.ts'
import type { createLeakDetector } from './prompt-leak.ts'
import type { Pseudonyms } from './pseudonyms.ts'
import type { Verdicts } from './verdicts.ts'

/** What the guards of an answer look with; made once for a call. */
export interface AnswerGuards {
  readonly policy: GuardrailPolicy
  readonly patterns: PatternSet | undefined
  readonly leak: ReturnType<typeof createLeakDetector>
  readonly pseudonyms: Pseudonyms | undefined
  readonly verdicts: Verdicts
}

export interface Edit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/**
 * One text of an answer that comes in pieces: of a message, a tool's input, reasoning.
 *
 * Invariants: what `settled` has passed is in no match that a guard that changes or blocks may still find; edits before
 * it are final; the result does not depend on where the pieces were cut.
 */
export interface TextGate {
  /** @returns the offset before which all is decided */
  push(text: string): number
  end(): number
  readonly edits: readonly Edit[]
}

const nameExpression = /(?:<|\\u003[cC])([A-Za-z]{2,6}_\d{1,4})(?:>|\\u003[eE])/g
/** What could still become a name. */
const nameStart =
  /(?:<|\\(?:u(?:0(?:0(?:3(?:[cC])?)?)?)?)?)(?:[A-Za-z]{0,6}(?:_\d{0,4}(?:\\(?:u(?:0(?:0(?:3)?)?)?)?)?)?)?$/
const longestName = 32

/** @param isJson the text is JSON, as a tool's input is: what is put into it is written as in a string of JSON */
export function createTextGate(guards: AnswerGuards, isJson: boolean): TextGate {
  const { policy, verdicts, pseudonyms } = guards
  const edits: Edit[] = []
  const patternAction = guards.patterns ? policy.patterns.action : 'off'
  const patternSearch = patternAction === 'off' ? undefined : guards.patterns?.search()
  const leakAction = policy.promptLeak.action
  const leakSearch = leakAction === 'off' ? undefined : guards.leak?.search()
  const piiAction = policy.pii.answers
  const pii = piiAction === 'off' ? undefined : createPiiSearch(policy.pii.kinds)
  const maxCharacters = policy.answer.action === 'off' ? null : policy.answer.maxCharacters
  let length = 0
  /** Half of a character that two code units make. */
  let half = ''
  let isTooLong = false
  /** For names: the end of the text. */
  let tail = ''
  let previousTail = ''

  function findNames(ended: boolean): number {
    if (!pseudonyms || pseudonyms.size === 0) return Number.POSITIVE_INFINITY
    const offset = length - tail.length
    let at = 0
    for (const match of tail.matchAll(nameExpression)) {
      const value = pseudonyms.find(`<${match[1]}>`)
      at = match.index + match[0].length
      if (value === undefined) continue
      const text = isJson ? JSON.stringify(value).slice(1, -1) : value
      edits.push({ start: offset + match.index, end: offset + at, text })
    }
    const rest = tail.slice(at)
    const start = ended ? null : nameStart.exec(rest.slice(-longestName))
    tail = start ? rest.slice(rest.length - start[0].length) : ''
    return length - tail.length
  }

  function takePii(
    matches: readonly { kind: string; start: number; end: number }[],
    before: (at: number) => string,
  ) {
    if (piiAction === 'off') return
    for (const { kind, start, end } of matches) {
      verdicts.add({ guard: 'pii', stage: 'output', action: piiAction, kind })
      if (piiAction !== 'redact') continue
      const name = `[${kind.toUpperCase()}]`
      // A number of JSON becomes a string.
      const isBare = isJson && /[:,[]\s*$/.test(before(start))
      edits.push({ start, end, text: isBare ? `"${name}"` : name })
    }
  }

  function step(text: string, ended: boolean): number {
    length += text.length
    tail += text
    previousTail = (previousTail + text).slice(-5_000)
    const patternCount = (patternSearch?.push(text) ?? 0) + (ended ? (patternSearch?.end() ?? 0) : 0)
    if (patternCount > 0 && patternAction !== 'off')
      verdicts.add({ guard: 'patterns', stage: 'output', action: patternAction, count: patternCount })
    const leakCount = (leakSearch?.push(text) ?? 0) + (ended ? (leakSearch?.end() ?? 0) : 0)
    if (leakCount > 0 && leakAction !== 'off')
      verdicts.add({ guard: 'promptLeak', stage: 'output', action: leakAction, count: leakCount })
    if (pii) {
      const found = [...pii.push(text), ...(ended ? pii.end() : [])]
      takePii(found, (at) => previousTail.slice(0, at - (length - previousTail.length)).slice(-8))
    }
    if (maxCharacters !== null && length > maxCharacters && !isTooLong && policy.answer.action !== 'off') {
      isTooLong = true
      verdicts.add({ guard: 'answer', stage: 'output', action: policy.answer.action, kind: 'length' })
    }
    const named = findNames(ended)
    if (edits.length > 1) edits.sort((one, other) => one.start - other.start)
    if (ended) return length
    const holds = [length, named]
    if (patternAction === 'block' && patternSearch) holds.push(patternSearch.heldFrom())
    if (leakAction === 'block' && leakSearch) holds.push(leakSearch.heldFrom())
    if ((piiAction === 'block' || piiAction === 'redact') && pii) holds.push(pii.settled())
    return Math.min(...holds)
  }

  return {
    push(text) {
      const whole = half + text
      const last = whole.charCodeAt(whole.length - 1)
      const isHalf = last >= 0xd800 && last <= 0xdbff
      half = isHalf ? whole.slice(-1) : ''
      return step(isHalf ? whole.slice(0, -1) : whole, false)
    },
    end() {
      const rest = half
      half = ''
      return step(rest, true)
    },
    edits,
  }
}

/** A piece of a text, by its offsets, after the edits: what replaces something stands in the piece where that begins. */
export function applyEdits(text: string, start: number, edits: readonly Edit[]): string {
  const end = start + text.length
  let result = ''
  let at = start
  for (const edit of edits) {
    if (edit.end <= start || edit.start >= end) continue
    result += text.slice(at - start, Math.max(at, edit.start) - start)
    if (edit.start >= start) result += edit.text
    at = Math.max(at, Math.min(edit.end, end))
  }
  return result + text.slice(at - start)
}
