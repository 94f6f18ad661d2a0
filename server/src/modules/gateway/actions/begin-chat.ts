import type { Caller } from '../../../platform/context.ts'
import { AppError } from '../../../platform/errors.ts'
import { budgetExceeded } from '../../budgets/index.ts'
import type { CallGuard } from '../../guardrails/index.ts'
import { rateLimitExceeded } from '../../limits/index.ts'
import type { ChatCall } from '../adapters/provider.ts'
import type { ChatRequest } from '../contract.ts'
import type { Gateway } from '../gateway.ts'
import { authorizeCall, type MeteredCall } from '../metered-call.ts'
import { boundChatCall, callerOutputCap } from '../rules/bound-call.ts'
import { boundOfAll, type PricedBound } from '../rules/candidate-bounds.ts'
import type { ModelDeployment } from '../rules/catalogue.ts'
import { freePrice } from '../rules/catalogue-data.ts'
import { boundWithServerTools, measuredAgain } from '../rules/native-messages.ts'
import { refuseLongInput } from '../rules/refuse-long-input.ts'
import { type Attempt, createRun, type Run } from '../run.ts'
import type { ChatInput } from './complete-chat.ts'
import { guardChat } from './guard-chat.ts'
import { isStanding } from './open-attempt.ts'
import { type Candidate, type Route, resolveRoute } from './resolve-route.ts'

export interface BegunChat {
  readonly run: Run
  /** What looks at the answer; undefined where nothing does. */
  readonly guard: CallGuard | undefined
  bodyAt(place: { readonly deployment: ModelDeployment }): ChatRequest
  /** What an attempt sends. */
  callOf(attempt: Attempt): ChatCall
}

/** The cap of a caller who names none: long enough for any usual answer, short enough not to hold a whole budget. */
const defaultOutputTokens = 4_096

/**
 * Resolves the route, lets the guards look at the request and holds the money.
 * @throws what resolveRoute does, guardrails.blocked (400), budget_exceeded (402), rate_limit_exceeded (429)
 */
export async function beginChat(gateway: Gateway, caller: Caller, input: ChatInput): Promise<BegunChat> {
  const { models, ...asked } = input.body
  const wanted = {
    model: asked.model,
    ...(models ? { models } : {}),
    kind: 'chat',
    // The names do not matter to what a strategy reads of it.
    body: asked as ChatRequest,
  } as const
  const route = input.route ?? (await resolveRoute(gateway, caller, wanted))
  const guard = await guardChat(gateway, caller, input, route)
  const native =
    guard && input.native ? { ...input.native, body: guard.body(input.native.body) } : input.native
  const bodies = new Map<ModelDeployment, ChatRequest>()
  const bodyAt = ({ deployment }: { readonly deployment: ModelDeployment }) => {
    // The resolved name makes the body a whole request; its other fields were checked where it came in.
    const known = bodies.get(deployment)
    if (known) return known
    const written = input.bodyFor?.(deployment) ?? ({ ...asked, model: deployment.id } as ChatRequest)
    const made = guard ? (native ? measuredAgain(native, written) : guard.body(written)) : written
    bodies.set(deployment, made)
    return made
  }
  const passages = guard
    ? input.passages?.map((passage) => ({ ...passage, text: guard.text(passage.text) }))
    : input.passages
  const able = requireAble(route, bodyAt)
  const boundAt = (candidate: Candidate): PricedBound => {
    const { bound, price } = boundAtCandidate(bodyAt(candidate), candidate)
    return {
      bound: boundWithServerTools(bound, input.native?.body, { ...candidate.deployment, price }),
      price,
    }
  }
  const call = await authorizeAny(
    able.candidates.filter((one) => isStanding(gateway, caller, one)),
    (candidates) => {
      const bounds = candidates.map(boundAt)
      return authorizeCall(gateway.platform, caller, {
        requestId: input.requestId,
        purpose: input.purpose,
        deployment: candidates[0].deployment,
        tag: input.tag,
        prompt: input.prompt,
        bound: boundOfAll(bounds),
        candidates: bounds,
        mayShorten: callerOutputCap(bodyAt(candidates[0])) === undefined,
      })
    },
    able.candidates,
  )
  if (call.admitted) input.tell?.(call.admitted.headers)
  return {
    run: createRun(gateway, caller, { route: able, call, boundAt, signal: input.signal }),
    guard,
    bodyAt,
    callOf: ({ candidate, call: held, signal }) => ({
      deploymentModel: candidate.deployment.deploymentModel,
      body: bodyAt(candidate),
      maxOutputTokens: Math.min(held.outputTokensCap, boundAt(candidate).bound.outputTokensCap),
      ...(native ? { native } : {}),
      ...(passages ? { passages } : {}),
      signal,
      requestId: held.requestId,
    }),
  }
}

/** What a chat can cost at a deployment, without what a provider's own tools may add. */
export function boundAtCandidate(body: ChatRequest, { deployment, keys }: Candidate): PricedBound {
  // Who pays the provider directly holds nothing here, unless they chose to count it.
  const price = keys.some(({ countsInBudgets }) => countsInBudgets) ? deployment.price : freePrice('own-key')
  return { bound: boundChatCall(body, { ...deployment, price }, defaultOutputTokens), price }
}

/** The route without the deployments that cannot be told what is asked, or not so much of it. @throws when that leaves none */
function requireAble(route: Route, bodyAt: (candidate: Candidate) => ChatRequest): Route {
  let refusal: unknown
  const [first, ...others] = route.candidates.filter((candidate) => {
    try {
      refuseLongInput(bodyAt(candidate), candidate.deployment)
      return true
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      refusal ??= error
      return false
    }
  })
  if (!first) throw refusal
  return { ...route, candidates: [first, ...others] }
}

type Some = readonly [Candidate, ...Candidate[]]

/**
 * Holds what the dearest deployment can cost, so that a fallback is never short of money. Where a budget cannot bear that,
 * what one of them alone can cost, the first that it bears: a dear fallback must not refuse a call that a cheap model takes.
 * So too where a limit of the first one's model is reached.
 */
async function authorizeAny(
  standing: readonly Candidate[],
  authorize: (candidates: Some) => Promise<MeteredCall>,
  all: Some,
): Promise<MeteredCall> {
  const [first, ...others] = standing.length > 0 ? standing : all
  if (!first) return authorize(all)
  try {
    return await authorize([first, ...others])
  } catch (error) {
    if (!isRefusal(error) || others.length === 0) throw error
    for (const one of [first, ...others]) {
      try {
        return await authorize([one])
      } catch (alone) {
        if (!isRefusal(alone)) throw alone
      }
    }
    throw error
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof AppError && [budgetExceeded.code, rateLimitExceeded.code].includes(error.code)
}
