import type { GuardrailChoices, GuardrailPolicy } from '../contract.ts'
import { piiKinds } from './pii-kinds.ts'

/** While nobody has set anything: everything is off, with values to begin from. */
export const initialPolicy: GuardrailPolicy = {
  length: { action: 'off', maxCharacters: 200_000, maxMessages: 200 },
  unicode: { action: 'off' },
  patterns: { action: 'off', stages: 'both', patterns: [] },
  injection: { action: 'off', threshold: 0.5 },
  pii: { action: 'off', kinds: [...piiKinds], reversible: true, answers: 'off' },
  promptLeak: { action: 'off', words: 12 },
  answer: { action: 'off', format: true, maxCharacters: null },
}

/** What a stored choice says of the guards it speaks of, over what was there. */
export function layOver(policy: GuardrailPolicy, choices: GuardrailChoices | undefined): GuardrailPolicy {
  return {
    length: choices?.length ?? policy.length,
    unicode: choices?.unicode ?? policy.unicode,
    patterns: choices?.patterns ?? policy.patterns,
    injection: choices?.injection ?? policy.injection,
    pii: choices?.pii ?? policy.pii,
    promptLeak: choices?.promptLeak ?? policy.promptLeak,
    answer: choices?.answer ?? policy.answer,
  }
}

const strictness: Readonly<Record<string, number>> = { off: 0, flag: 1, clean: 2, redact: 2, block: 3 }
const strictnessOf = (action: string) => strictness[action] ?? 0

/**
 * The policy of a call that names several models: of each guard the strictest that one of them asks for, so that naming a
 * lenient one beside a strict one gains nothing.
 */
export function strictest(policies: readonly [GuardrailPolicy, ...GuardrailPolicy[]]): GuardrailPolicy {
  function pick<Name extends keyof GuardrailPolicy>(
    name: Name,
    weigh: (guard: GuardrailPolicy[Name]) => number = (guard) => strictnessOf(guard.action),
  ): GuardrailPolicy[Name] {
    const guards = policies.map((policy) => policy[name])
    return guards.reduce((most, guard) => (weigh(guard) > weigh(most) ? guard : most))
  }
  const pii = pick('pii')
  const answers = pick('pii', (guard) => strictnessOf(guard.answers)).answers
  const patterns = pick('patterns')
  const isListed = (guard: GuardrailPolicy['patterns']) => guard.action === patterns.action
  const lists = policies.map((policy) => policy.patterns).filter(isListed)
  const stages = new Set(lists.map((guard) => guard.stages))
  return {
    length: pick('length'),
    unicode: pick('unicode'),
    patterns: {
      action: patterns.action,
      stages: stages.size > 1 ? 'both' : patterns.stages,
      patterns: [...new Set(lists.flatMap((guard) => guard.patterns))],
    },
    injection: pick('injection', ({ action, threshold }) => strictnessOf(action) + (1 - threshold) / 2),
    pii: { ...pii, answers },
    promptLeak: pick('promptLeak', ({ action, words }) => strictnessOf(action) + 1 / (words + 2)),
    answer: pick('answer'),
  }
}

/** Whether there is anything to look for. */
export function isIdle(policy: GuardrailPolicy): boolean {
  const patternsRest = policy.patterns.action === 'off' || policy.patterns.patterns.length === 0
  const { length, unicode, injection, pii, promptLeak, answer } = policy
  const others = [length, unicode, injection, pii, promptLeak, answer]
  return patternsRest && pii.answers === 'off' && others.every(({ action }) => action === 'off')
}
