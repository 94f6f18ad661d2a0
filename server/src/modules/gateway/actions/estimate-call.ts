import { requirePermission } from '../../../platform/auth/permissions.ts'
import type { Caller } from '../../../platform/context.ts'
import { withTenant } from '../../../platform/db/transactions.ts'
import { AppError } from '../../../platform/errors.ts'
import { formatUsd, type Nanos } from '../../../platform/money.ts'
import { budgetExceeded, type EstimatedBudget, estimateBudgets } from '../../budgets/index.ts'
import { modelNotAllowed, providerUnavailable } from '../errors.ts'
import type { Gateway } from '../gateway.ts'
import { affordAtAll, boundOfAll, costAtCap, type PricedBound } from '../rules/candidate-bounds.ts'
import { priceCall } from '../rules/price-call.ts'
import { isStanding } from './open-attempt.ts'
import { attemptOf, type Candidate, type Route } from './resolve-route.ts'

/** What a call would cost at a deployment, and what it likely reads. */
export interface Measured extends PricedBound {
  readonly inputTokensLikely: number
}

export interface EstimatedCall {
  resolve(): Promise<Route>
  /** @throws where the deployment cannot be told what is asked, or not so much of it */
  measure(candidate: Candidate): Measured
  readonly tag: string | null
  /** Whether a tight budget shortens the answer instead of refusing the call. */
  readonly mayShorten: boolean
}

/** How long an answer is taken to be. */
const likelyOutputTokens = 500
/** As when a call is authorized: below this it is refused. */
const leastUsefulTokens = 64

interface Able {
  readonly candidate: Candidate
  readonly measured: Measured
}

interface Judged {
  readonly budgets: readonly EstimatedBudget[]
  readonly heldNanos: Nanos
  readonly outputTokensCap: number
  readonly fits: boolean
}

/**
 * What would become of a call: which deployment would be asked, what it could cost, and who would refuse it. Nothing is
 * sent and nothing held; the next moment may decide otherwise.
 * @throws what resolveRoute does, but for refusals by policy and for want of a deployment, which are a part of the answer
 */
export async function estimateCall(gateway: Gateway, caller: Caller, call: EstimatedCall) {
  requirePermission(caller, 'use:models')
  const refusals: { code: string; message: string }[] = []
  const refuse = ({ code, message }: AppError) => refusals.push({ code, message })
  const route = await call.resolve().catch((error: unknown) => {
    if (!(error instanceof AppError) || !answeredRefusals.has(error.code)) throw error
    refuse(error)
    return undefined
  })
  const skipped = [...(route?.skipped ?? [])]
  const able: Able[] = []
  let unable: AppError | undefined
  for (const candidate of route?.candidates ?? []) {
    if (!isStanding(gateway, caller, candidate)) {
      skipped.push(attemptOf(candidate.deployment, 'breaker_open'))
      continue
    }
    try {
      able.push({ candidate, measured: call.measure(candidate) })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      unable ??= error
      skipped.push(attemptOf(candidate.deployment, error.code))
    }
  }
  if (route && able.length === 0 && unable) throw unable
  const { organizationId } = caller
  if (organizationId !== null) await gateway.platform.gate.settled(organizationId)
  const budgetsOf = await withTenant(gateway.platform, caller, estimateBudgets)
  const judge = (some: readonly Able[]): Judged | undefined => {
    const [first] = some
    return first && judgeHold(call, some, budgetsOf({ model: first.candidate.deployment.id, tag: call.tag }))
  }
  // As calls are authorized: all of them at once, else the first that its budgets bear.
  const together = judge(able)
  const alone = together?.fits ? undefined : able.find((one) => judge([one])?.fits)
  const judged = alone ? judge([alone]) : together
  const chosen = alone ?? able[0]
  if (judged && !judged.fits) refuse(budgetExceeded())
  const { aliases } = await gateway.routingOf(caller)
  const alias = route?.alias ?? null
  return {
    wouldAnswer: refusals.length === 0 && chosen !== undefined,
    refusals,
    allowedByPolicy: !refusals.some(({ code }) => code === modelNotAllowed.code),
    alias,
    strategy: (alias === null ? undefined : aliases.get(alias)?.strategy) ?? null,
    chosen: chosen?.candidate.deployment.id ?? null,
    candidates: [
      ...able.map((one) => presentCandidate(one, one === chosen ? 'first' : 'fallback')),
      ...skipped.map(({ model, provider, deployment, reason }) => ({
        ...unmeasured,
        ...{ model, provider, deployment, reason, part: 'skipped' as const },
      })),
    ],
    heldNanos: judged?.heldNanos.toString() ?? null,
    heldUsd: judged ? formatUsd(judged.heldNanos) : null,
    outputTokensCap: judged?.outputTokensCap ?? null,
    budgets: (judged?.budgets ?? []).map((budget) => ({
      ...budget,
      limitNanos: budget.limitNanos.toString(),
      leftNanos: budget.leftNanos.toString(),
      wouldRefuse: budget.hard && budget.leftNanos < (judged?.heldNanos ?? 0n),
    })),
  }
}

const answeredRefusals: ReadonlySet<string> = new Set([modelNotAllowed.code, providerUnavailable.code])

function judgeHold(call: EstimatedCall, some: readonly Able[], budgets: readonly EstimatedBudget[]): Judged {
  const bounds = some.map(({ measured }) => measured)
  const { costNanosBound, outputTokensCap } = boundOfAll(bounds)
  const left = budgets
    .filter(({ hard }) => hard)
    .reduce<Nanos | undefined>(
      (least, { leftNanos }) => (least === undefined || leftNanos < least ? leftNanos : least),
      undefined,
    )
  if (left === undefined || costNanosBound <= left)
    return { budgets, heldNanos: costNanosBound, outputTokensCap, fits: true }
  const affordable = call.mayShorten ? affordAtAll(bounds, left) : 0
  if (affordable < leastUsefulTokens)
    return { budgets, heldNanos: costNanosBound, outputTokensCap, fits: false }
  return { budgets, heldNanos: costAtCap(bounds, affordable), outputTokensCap: affordable, fits: true }
}

const unmeasured = {
  inputTokensBound: null,
  inputTokensLikely: null,
  outputTokensCap: null,
  costNanosBound: null,
  costUsdBound: null,
  costNanosLikely: null,
  costUsdLikely: null,
}

function presentCandidate({ candidate, measured }: Able, part: 'first' | 'fallback') {
  const { id, providerId, deploymentModel } = candidate.deployment
  const { bound, price, inputTokensLikely } = measured
  const likely = priceCall(
    {
      promptTokens: inputTokensLikely,
      cachedTokens: 0,
      completionTokens: Math.min(bound.outputTokensCap, likelyOutputTokens),
    },
    price,
  )
  return {
    model: id,
    provider: providerId,
    deployment: deploymentModel,
    part,
    reason: null,
    inputTokensBound: bound.inputTokensBound,
    inputTokensLikely,
    outputTokensCap: bound.outputTokensCap,
    costNanosBound: bound.costNanosBound.toString(),
    costUsdBound: formatUsd(bound.costNanosBound),
    costNanosLikely: likely.toString(),
    costUsdLikely: formatUsd(likely),
  }
}
