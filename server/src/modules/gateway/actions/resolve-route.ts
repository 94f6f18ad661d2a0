import type { Caller } from '../../../platform/context.ts'
import type { CallAttempt } from '../../ledger/index.ts'
import { type OrganizationSettings, recentOrganizationSettings } from '../../organizations/index.ts'
import type { ChatRequest } from '../contract.ts'
import { modelNotFound, providerUnavailable } from '../errors.ts'
import type { Gateway, Routing } from '../gateway.ts'
import type { ProviderKey } from '../key-pool.ts'
import { affinityOf } from '../rules/affinity.ts'
import { type AliasTarget, defaultBounds, type ModelAlias } from '../rules/alias.ts'
import { deploymentKey, type ModelDeployment } from '../rules/catalogue.ts'
import { estimateInputTokens } from '../rules/estimate-tokens.ts'
import { orderTargets } from '../rules/order-targets.ts'
import { priceCall } from '../rules/price-call.ts'
import type { ModelKind } from '../rules/resolve-model.ts'
import { defaultModelOf, isAllowed, refusal } from './choose-model.ts'
import { isStanding, standsAgainInMs } from './open-attempt.ts'

/** A deployment that may answer a call. */
export interface Candidate {
  readonly deployment: ModelDeployment
  /** Names it in this process. */
  readonly key: string
  readonly keys: readonly ProviderKey[]
  /** Longest wait for its first byte; null for the provider's own limit. */
  readonly timeoutMs: number | null
}

/** The deployments that may answer a call, in the order in which they are tried: at least one. */
export interface Route {
  readonly alias: string | null
  readonly candidates: readonly [Candidate, ...Candidate[]]
  /** What was left out, and why. */
  readonly skipped: readonly CallAttempt[]
  readonly maxAttempts: number
  readonly totalTimeoutMs: number
}

export interface RouteRequest {
  /** What the caller names; without it the default. */
  readonly model: string | undefined
  /** Names to fall back to, in order. */
  readonly models?: readonly string[]
  readonly kind: ModelKind
  /** The installation's own choice, which no policy of the organization is about. */
  readonly isImposed?: boolean
  /** What is asked, for strategies that depend on it. */
  readonly body?: ChatRequest
}

const noPolicy: OrganizationSettings = { defaultModel: null, allowedModels: null, responseCacheSeconds: null }

/**
 * The route of a call. A name is an alias, or a model; several are tried in their order. What the organization's policy
 * refuses is on no route, and what is failing just now is left out.
 * @throws model_not_allowed (403), model_not_found (404), model_of_other_kind (400), provider_unavailable (503) with
 *   Retry-After where every deployment is failing
 */
export async function resolveRoute(gateway: Gateway, caller: Caller, request: RouteRequest): Promise<Route> {
  const [settings, routing] = await Promise.all([
    request.isImposed ? noPolicy : recentOrganizationSettings(gateway.platform, caller),
    gateway.routingOf(caller),
  ])
  const names = [...(request.model === undefined ? [] : [request.model]), ...(request.models ?? [])]
  const aliases = names.map((name) => (request.kind === 'chat' ? routing.aliases.get(name) : undefined))
  const skipped: CallAttempt[] = []
  const candidates: Candidate[] = []
  if (names.length === 0) {
    const deployment = defaultModelOf(gateway, settings, request.kind)
    candidates.push(candidateOf(routing, deployment, null))
  }
  let refused: ModelDeployment | undefined
  names.forEach((name, index) => {
    const alias = aliases[index]
    const found = alias
      ? targetsOf(alias, routing, request.kind, skipped)
      : [candidateOf(routing, findModel(gateway, routing, name, request.kind), null)]
    const allowed = found.filter(({ deployment }) => {
      if (isAllowed(settings, deployment)) return true
      refused ??= deployment
      skipped.push(attemptOf(deployment, 'not_allowed'))
      return false
    })
    const ordered = alias ? order(gateway, alias, allowed, request.body) : allowed
    for (const one of ordered) if (!candidates.some(({ key }) => key === one.key)) candidates.push(one)
  })
  if (candidates.length === 0) throw nothingLeft(settings, names, refused)
  const [first] = aliases
  return {
    ...(first ?? defaultBounds),
    alias: aliases.find((alias) => alias !== undefined)?.name ?? null,
    candidates: requireStanding(gateway, caller, candidates),
    skipped,
  }
}

/** The model of a name that is no alias. @throws model_not_found (404), model_of_other_kind (400) */
function findModel(gateway: Gateway, routing: Routing, name: string, kind: ModelKind): ModelDeployment {
  const otherNames = kind === 'chat' ? [...routing.aliases.keys()] : []
  return gateway.resolveIn(routing.directory, name, kind, otherNames)
}

interface Target extends Candidate {
  readonly target: AliasTarget
}

/** What an alias stands for today. A model that is served no more is left out, and said so. */
function targetsOf(alias: ModelAlias, routing: Routing, kind: ModelKind, skipped: CallAttempt[]): Target[] {
  return alias.targets.flatMap((target) => {
    const deployment = routing.directory.byName.get(target.model)
    if (deployment?.kind === kind) return [{ ...candidateOf(routing, deployment, target.timeoutMs), target }]
    const unknown = { model: target.model, provider: '', deployment: target.model }
    skipped.push({ ...unknown, outcome: 'skipped', reason: 'not_served', latencyMs: null, costNanos: '0' })
    return []
  })
}

function order(
  gateway: Gateway,
  alias: ModelAlias,
  candidates: readonly Candidate[],
  body: ChatRequest | undefined,
): Candidate[] {
  const streamed = body?.stream === true
  const orderable = candidates.map((candidate) => ({
    candidate,
    key: candidate.key,
    weight: alias.targets.find(({ model }) => isCalled(candidate.deployment, model))?.weight ?? 1,
    expectedNanos: expectedCost(candidate.deployment, body),
    usualMs: gateway.health.usualMs(candidate.key, streamed),
    callsInFlight: gateway.health.callsInFlight(candidate.key),
  }))
  const affinity = alias.strategy === 'cache_affine' && body ? affinityOf(body) : ''
  return orderTargets(orderable, alias.strategy, () => gateway.random(), affinity).map(
    ({ candidate }) => candidate,
  )
}

function isCalled({ id, providerId, deploymentModel }: ModelDeployment, name: string): boolean {
  return id === name || `${providerId}/${deploymentModel}` === name
}

/** How long an answer is taken to be where the caller set no cap, to compare prices by. */
const usualOutputTokens = 500

function expectedCost({ price }: ModelDeployment, body: ChatRequest | undefined): bigint {
  const promptTokens = body ? estimateInputTokens(body) : usualOutputTokens
  const cap = body?.max_completion_tokens ?? body?.max_tokens ?? usualOutputTokens
  const completionTokens = Math.min(cap, usualOutputTokens)
  // In millionths of a nano-dollar, so that short calls of cheap models differ too.
  return priceCall(
    {
      promptTokens: promptTokens * 1_000_000,
      completionTokens: completionTokens * 1_000_000,
      cachedTokens: 0,
    },
    { ...price, longContext: null },
  )
}

function candidateOf(routing: Routing, deployment: ModelDeployment, timeoutMs: number | null): Candidate {
  return { deployment, key: deploymentKey(deployment), keys: routing.keysOf(deployment), timeoutMs }
}

/** @throws provider_unavailable (503) where the breakers of all are open */
function requireStanding(
  gateway: Gateway,
  caller: Caller,
  candidates: readonly Candidate[],
): [Candidate, ...Candidate[]] {
  const [first, ...others] = candidates
  if (first && candidates.some((one) => isStanding(gateway, caller, one))) return [first, ...others]
  const waitMs = Math.min(...candidates.map((one) => standsAgainInMs(gateway, caller, one)))
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000))
  throw providerUnavailable({
    message:
      candidates.length === 1
        ? `The model '${first?.deployment.id}' has failed several times in a row and is not asked for ${seconds} s. Try again then, or use another model.`
        : `All ${candidates.length} models of this route are failing and are not asked for ${seconds} s. Try again then.`,
    headers: { 'Retry-After': String(seconds) },
  })
}

function nothingLeft(
  settings: OrganizationSettings,
  names: readonly string[],
  refused: ModelDeployment | undefined,
) {
  if (refused) return refusal(settings, names.length === 1 ? (names[0] ?? refused.id) : refused.id)
  return modelNotFound({
    message: `None of the models that '${names[0]}' stands for is served here now.`,
    details: { param: 'model' },
  })
}

export function attemptOf({ id, providerId, deploymentModel }: ModelDeployment, reason: string): CallAttempt {
  return {
    model: id,
    provider: providerId,
    deployment: deploymentModel,
    outcome: 'skipped',
    reason,
    latencyMs: null,
    costNanos: '0',
  }
}
