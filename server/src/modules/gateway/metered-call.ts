import type { Caller, Scope } from '../../platform/context.ts'
import { withTenant } from '../../platform/db/transactions.ts'
import type { Nanos } from '../../platform/money.ts'
import type { Platform } from '../../platform/platform.ts'
import {
  affordableNanos,
  authorizeSpend,
  type CallParts,
  settleSpend,
  spendRefused,
} from '../budgets/index.ts'
import type { NewUsageRecord } from '../ledger/index.ts'
import type { AdmittedCall, CallLimits } from '../limits/index.ts'
import { type CalledWith, type DescribedCall, interruptedRecord } from './describe-call.ts'
import { encodeRecord } from './journal-entries.ts'
import type { MoneyGate } from './money-gate.ts'
import type { CallBound } from './rules/bound-call.ts'
import { affordAtAll, costAtCap, type PricedBound } from './rules/candidate-bounds.ts'
import type { ModelDeployment } from './rules/catalogue.ts'

/**
 * One call that costs money: authorized → (provider) → settled.
 *
 * Invariants: nothing leaves before its upper bound is held in every budget it counts in and it is written down; each
 * authorized call gets exactly one usage record, by whoever settles first (the call itself, or recovery after a killed
 * process, which charges the bound); settling happens whether or not the caller is still there.
 */
export interface MeteredCall extends DescribedCall {
  /** What the provider is told to stop at. */
  readonly outputTokensCap: number
  /** What is held for it. */
  readonly heldNanos: Nanos
  readonly startedAtMs: number
  /** Under the limits it counts in; undefined where there are none. */
  readonly admitted?: AdmittedCall | undefined
}

/** What calls are metered on. */
export interface MeteredPlatform extends Platform {
  readonly gate: MoneyGate
  readonly limits: CallLimits
}

/** Below this, a shortened answer is of no use: the call is refused instead. */
const leastUsefulTokens = 64

/**
 * Holds the most the call can cost. A caller who named no output cap gets the one the tightest budget affords; one
 * who did gets it or a refusal.
 * @throws budget_exceeded (402), limits.rate_limit_exceeded (429)
 */
export async function authorizeCall(
  platform: MeteredPlatform,
  caller: Caller,
  call: {
    requestId: string
    purpose: NewUsageRecord['purpose']
    deployment: ModelDeployment
    tag: string | null
    prompt?: CalledWith | undefined
    bound: CallBound
    mayShorten: boolean
    /** What it may cost at each deployment that may answer it; `bound` is of them all. Absent: at this one alone. */
    candidates?: readonly PricedBound[]
    /** The installation’s own call, which no limit of calls is about. */
    isImposed?: boolean
  },
): Promise<MeteredCall> {
  const { requestId, purpose, deployment, tag } = call
  const admitted = call.isImposed ? undefined : await admitCall(platform, caller, call)
  const granted = await hold(platform, caller, call).catch((error: unknown) => {
    admitted?.undo()
    throw error
  })
  return {
    requestId,
    purpose,
    deployment,
    tag,
    ...granted,
    prompt: call.prompt,
    admitted,
    startedAtMs: platform.clock.now().getTime(),
  }
}

function admitCall(
  platform: MeteredPlatform,
  caller: Caller,
  { requestId, deployment, tag, bound }: Pick<NewCall, 'requestId' | 'deployment' | 'tag' | 'bound'>,
  isMoved = false,
): Promise<AdmittedCall | undefined> {
  const tokensBound = bound.inputTokensBound + bound.outputTokensCap
  return platform.limits.admit(caller, { callId: requestId, model: deployment.id, tag, tokensBound, isMoved })
}

function hold(platform: MeteredPlatform, caller: Caller, call: NewCall): Promise<Granted> {
  return platform.gate.journalIn === 'file'
    ? holdInMemory(platform, caller, call)
    : holdInDatabase(platform, caller, call)
}

type NewCall = Parameters<typeof authorizeCall>[2]
type Granted = Pick<MeteredCall, 'outputTokensCap' | 'heldNanos'>

async function holdInMemory(platform: MeteredPlatform, caller: Caller, call: NewCall): Promise<Granted> {
  const { gate } = platform
  const candidates = candidatesOf(call)
  let { outputTokensCap } = call.bound
  for (;;) {
    const amountNanos = amountOf(call, outputTokensCap)
    const interrupted = interruptedRecord(caller, call, outputTokensCap, amountNanos)
    const begun = await gate.begin(caller, { parts: partsOf(caller, call), amountNanos, interrupted })
    if (begun.held) return { outputTokensCap, heldNanos: amountNanos }
    const affordable = call.mayShorten ? affordAtAll(candidates, begun.leftNanos) : 0
    if (affordable < leastUsefulTokens || affordable >= outputTokensCap)
      throw await refusal(platform, caller, begun.budgetIds, amountNanos)
    outputTokensCap = affordable
  }
}

/** What the refused caller is told, once what this node does not use has gone back. */
async function refusal(
  platform: MeteredPlatform,
  caller: Caller,
  budgetIds: readonly string[],
  amountNanos: Nanos,
): Promise<Error> {
  await platform.gate.giveBack(String(caller.organizationId), budgetIds)
  return withTenant(platform, caller, (scope) => spendRefused(scope, budgetIds, amountNanos))
}

function partsOf(
  { userId, apiKeyId, serviceAccountId, projectId }: Caller,
  { deployment, tag }: Pick<NewCall, 'deployment' | 'tag'>,
): CallParts {
  return { userId, apiKeyId, serviceAccountId, projectId, model: deployment.id, tag }
}

function candidatesOf({ candidates, bound, deployment }: NewCall): readonly PricedBound[] {
  return candidates ?? [{ bound, price: deployment.price }]
}

/** What the call can cost with so many output tokens, at whichever deployment answers. */
function amountOf(call: NewCall, outputTokensCap: number): Nanos {
  const { bound } = call
  return outputTokensCap === bound.outputTokensCap
    ? bound.costNanosBound
    : costAtCap(candidatesOf(call), outputTokensCap)
}

/** As `holdInMemory`, where the disk is not kept: each call is held, and written down, in a transaction of its own. */
async function holdInDatabase(platform: MeteredPlatform, caller: Caller, call: NewCall): Promise<Granted> {
  const { requestId, bound } = call
  const parts = partsOf(caller, call)
  return withTenant(platform, caller, async (scope) => {
    const outputTokensCap = call.mayShorten
      ? await shorten(scope, parts, candidatesOf(call), bound)
      : bound.outputTokensCap
    const amountNanos = amountOf(call, outputTokensCap)
    await authorizeSpend(scope, {
      requestId,
      parts,
      amountNanos,
      nodeId: platform.nodeId,
      call: encodeRecord(interruptedRecord(caller, call, outputTokensCap, amountNanos)),
    })
    return { outputTokensCap, heldNanos: amountNanos }
  })
}

async function shorten(
  scope: Scope,
  parts: CallParts,
  candidates: readonly PricedBound[],
  bound: CallBound,
): Promise<number> {
  const left = await affordableNanos(scope, parts)
  if (left === undefined || bound.costNanosBound <= left) return bound.outputTokensCap
  const affordable = affordAtAll(candidates, left)
  return affordable >= leastUsefulTokens ? affordable : bound.outputTokensCap
}

/**
 * Holds the money of a call at another deployment, in the budgets of that one's model, in the place of where it was.
 * @param bound what it may cost there, with what it has cost already
 * @throws budget_exceeded (402), limits.rate_limit_exceeded (429); the call is held as before then
 */
export async function moveCall(
  platform: MeteredPlatform,
  caller: Caller,
  call: MeteredCall,
  deployment: ModelDeployment,
  bound: CallBound,
): Promise<MeteredCall> {
  const isElsewhere = deployment.id !== call.deployment.id
  const more = isElsewhere
    ? await admitCall(platform, caller, { ...call, deployment, bound }, true)
    : undefined
  try {
    const moved = await moveMoney(platform, caller, call, deployment, bound)
    return { ...moved, admitted: bothOf(call.admitted, more) }
  } catch (error) {
    more?.undo()
    throw error
  }
}

/** Under the limits of every model that was tried. */
function bothOf(one: AdmittedCall | undefined, other: AdmittedCall | undefined): AdmittedCall | undefined {
  if (!one || !other) return one ?? other
  const end = (tokens: number) => {
    one.end(tokens)
    other.end(tokens)
  }
  const undo = () => {
    one.undo()
    other.undo()
  }
  return { headers: one.headers, end, undo }
}

async function moveMoney(
  platform: MeteredPlatform,
  caller: Caller,
  call: MeteredCall,
  deployment: ModelDeployment,
  bound: CallBound,
): Promise<MeteredCall> {
  const { requestId } = call
  const { outputTokensCap, costNanosBound: amountNanos } = bound
  const moved = { ...call, deployment, bound }
  const parts = partsOf(caller, moved)
  const interrupted = interruptedRecord(caller, moved, outputTokensCap, amountNanos)
  const { gate } = platform
  if (gate.journalIn === 'file') {
    const begun = await gate.move(caller, { parts, amountNanos, interrupted })
    if (!begun.held) throw await refusal(platform, caller, begun.budgetIds, amountNanos)
  } else {
    await withTenant(platform, caller, async (scope) => {
      await settleSpend(platform, scope, requestId, 0n)
      const { nodeId } = platform
      await authorizeSpend(scope, { requestId, parts, amountNanos, nodeId, call: encodeRecord(interrupted) })
    })
  }
  return { ...call, deployment, outputTokensCap, heldNanos: amountNanos }
}
