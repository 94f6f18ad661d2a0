import type { AppError } from '../../platform/errors.ts'
import type { GuardrailVerdict } from '../ledger/index.ts'
import type { GuardrailPolicy } from './contract.ts'
import { answerBlocked, blocked } from './errors.ts'
import { createStreamGuard, type GuardedChunk, guardAnswer, type StreamGuard } from './rules/answer-guard.ts'
import { chatProtocol } from './rules/chat-protocol.ts'
import { guardRequest } from './rules/guard-request.ts'
import { createPatternSet } from './rules/pattern.ts'
import { createLeakDetector } from './rules/prompt-leak.ts'
import type { GuardedBody, Protocol } from './rules/protocol.ts'
import type { AnswerGuards } from './rules/text-gate.ts'
import { createVerdicts } from './rules/verdicts.ts'

/** The guards of one call: what they make of the request, and then of the answer. Nothing of it outlives the call. */
export interface CallGuard {
  /** Why the request is not let through; undefined where it is. */
  refusal(): AppError | undefined
  /** The request, or the same one in other words, as the model is to see it. */
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

/**
 * @param call.protocol of the request and its answer; OpenAI's chat completions where it is absent
 * @param call.passages texts the request holds that come from outside, and that an answer may repeat
 */
export async function openCallGuard(
  policy: GuardrailPolicy,
  body: GuardedBody,
  call: { readonly protocol?: Protocol; readonly passages?: readonly string[] | undefined } = {},
): Promise<CallGuard> {
  const { protocol = chatProtocol, passages = [] } = call
  const verdicts = createVerdicts()
  const texts = protocol.requestTexts(body)
  const others = passages.map((text) => ({ author: 'tool', text }) as const)
  const { replace, pseudonyms } = await guardRequest(
    policy,
    [...texts, ...others],
    protocol.countMessages(body),
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
  const wanted = policy.answer.action === 'off' ? undefined : protocol.wantedFormat(body)
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
    body: (one) => (replace ? protocol.mapRequestTexts(one, replace) : one),
    text: (text) => (replace ? replace(text) : text),
    stream: () => (isIdle ? undefined : createStreamGuard(guards, protocol, wanted)),
    answer: (one) => (isIdle ? one : guardAnswer(guards, protocol, one, wanted)),
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
