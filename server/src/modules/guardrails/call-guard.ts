import type { AppError } from '../../platform/errors.ts'
import type { GuardrailVerdict } from '../ledger/index.ts'
import type { GuardrailPolicy } from './contract.ts'
import { answerBlocked, blocked } from './errors.ts'
import { wantedFormat } from './rules/answer-format.ts'
import { createStreamGuard, type GuardedChunk, guardAnswer, type StreamGuard } from './rules/answer-guard.ts'
import { guardRequest } from './rules/guard-request.ts'
import { createPatternSet } from './rules/pattern.ts'
import { createLeakDetector } from './rules/prompt-leak.ts'
import { type GuardedBody, mapRequestTexts, requestTexts } from './rules/request-texts.ts'
import type { AnswerGuards } from './rules/text-gate.ts'
import { createVerdicts } from './rules/verdicts.ts'

/** The guards of one call: what they make of the request, and then of the answer. Nothing of it outlives the call. */
export interface CallGuard {
  /** Why the request is not let through; undefined where it is. */
  refusal(): AppError | undefined
  /** The request as the model is to see it. */
  body<Body extends GuardedBody>(body: Body): Body
  text(text: string): string
  /** Holds a stream back where something in it must be held back; undefined where every chunk may pass as it comes. */
  stream<Chunk extends GuardedChunk>(): StreamGuard<Chunk> | undefined
  /** A whole answer, as the caller is to see it. */
  answer(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>>
  /** Why the answer is not let through; undefined where it is. */
  answerRefusal(): AppError | undefined
  verdicts(): GuardrailVerdict[]
}

/** @param passages texts the request holds that come from outside, and that an answer may repeat */
export async function openCallGuard(
  policy: GuardrailPolicy,
  body: GuardedBody,
  passages: readonly string[] = [],
): Promise<CallGuard> {
  const verdicts = createVerdicts()
  const texts = requestTexts(body)
  const others = passages.map((text) => ({ author: 'tool', text }) as const)
  const { replace, pseudonyms } = await guardRequest(
    policy,
    [...texts, ...others],
    body.messages.length,
    verdicts,
  )
  const looksForLeaks = policy.promptLeak.action !== 'off'
  const { patterns } = policy
  const looksForPatterns =
    patterns.action !== 'off' && patterns.stages !== 'input' && patterns.patterns.length > 0
  const guards: AnswerGuards = {
    policy,
    verdicts,
    pseudonyms,
    patterns: looksForPatterns ? createPatternSet(patterns.patterns) : undefined,
    leak: looksForLeaks
      ? createLeakDetector(
          texts.filter(({ author }) => author === 'system').map(({ text }) => without(text, passages)),
          policy.promptLeak.words,
        )
      : undefined,
  }
  const wanted = policy.answer.action === 'off' ? undefined : wantedFormat(body.response_format)
  const isIdle =
    !guards.patterns &&
    !guards.leak &&
    !pseudonyms &&
    policy.pii.answers === 'off' &&
    policy.answer.action === 'off'

  return {
    refusal() {
      const verdict = verdicts.blocking()
      return verdict && blockedBy(blocked, verdict, 'content_filter')
    },
    body: (one) => (replace ? mapRequestTexts(one, replace) : one),
    text: (text) => (replace ? replace(text) : text),
    stream: () => (isIdle ? undefined : createStreamGuard(guards, wanted)),
    answer: (one) => (isIdle ? one : guardAnswer(guards, one, wanted)),
    answerRefusal() {
      const verdict = verdicts.list().find(({ action, stage }) => action === 'block' && stage === 'output')
      return verdict && blockedBy(answerBlocked, verdict, 'guardrail_blocked')
    },
    verdicts: () => verdicts.list(),
  }
}

const inWords: Readonly<Record<GuardrailVerdict['guard'], string>> = {
  length: 'the limit of its length',
  unicode: 'the guard against hidden characters',
  patterns: 'the list of banned words',
  injection: 'the guard against prompt injection',
  pii: 'the guard of personal data',
  promptLeak: 'the guard of the system message',
  answer: 'the check of answers',
}

/** Names the guard and says nothing of the text. */
function blockedBy(
  define: typeof blocked | typeof answerBlocked,
  { guard, stage, kinds, count }: GuardrailVerdict,
  openAiCode: string,
): AppError {
  const what = stage === 'input' ? 'request' : 'answer'
  return define({
    message: `A guardrail of your organization does not let this ${what} through: ${inWords[guard]}.`,
    details: { guard, stage, kinds, count, openAiCode },
  })
}

function without(text: string, passages: readonly string[]): string {
  return passages.reduce((rest, passage) => (passage === '' ? rest : rest.split(passage).join('\n')), text)
}
