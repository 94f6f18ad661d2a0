import type { CallParts } from '../../budgets/index.ts'

/** What decides in which limits a call counts. */
export type LimitedParts = Omit<CallParts, 'projectId'>

import { limitsNothing } from '../errors.ts'

/** How much a limit lets through; null is without limit. */
export interface LimitTerms {
  requestsPerMinute: number | null
  tokensPerMinute: number | null
  callsAtOnce: number | null
}

/** What a limit counts, with its name in OpenAI's headers. */
export type Measure = 'requests' | 'tokens' | 'concurrent'

export const measures = ['requests', 'tokens', 'concurrent'] as const satisfies readonly Measure[]

export function limitOf(terms: LimitTerms, measure: Measure): number | null {
  if (measure === 'requests') return terms.requestsPerMinute
  return measure === 'tokens' ? terms.tokensPerMinute : terms.callsAtOnce
}

/** @throws limits.limits_nothing (400) */
export function requireTerms(terms: LimitTerms): void {
  if (measures.every((measure) => limitOf(terms, measure) === null)) throw limitsNothing()
}

/** Whether a call counts in what a limit is about. */
export function countsIn(about: LimitedParts, call: LimitedParts): boolean {
  return (
    (about.userId === null || about.userId === call.userId) &&
    (about.apiKeyId === null || about.apiKeyId === call.apiKeyId) &&
    (about.serviceAccountId === null || about.serviceAccountId === call.serviceAccountId) &&
    (about.model === null || about.model === call.model) &&
    (about.tag === null || about.tag === call.tag)
  )
}

/** `this API key and this model`; the caller knows which. */
export function describeSubject(about: LimitedParts): string {
  const parts = [
    about.userId === null ? null : 'this member',
    about.apiKeyId === null ? null : 'this API key',
    about.serviceAccountId === null ? null : 'this service account',
    about.model === null ? null : `the model ${about.model}`,
    about.tag === null ? null : `the tag ${about.tag}`,
  ].filter((part) => part !== null)
  return parts.length === 0 ? 'the organization' : parts.join(' and ')
}
