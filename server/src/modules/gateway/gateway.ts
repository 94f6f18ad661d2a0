import type { Caller } from '../../platform/context.ts'
import type { Platform } from '../../platform/platform.ts'
import type { Guardrails } from '../guardrails/index.ts'
import { createCallLimits } from '../limits/index.ts'
import { createProjects, type Projects } from '../projects/index.ts'
import { createProviderPlaces } from './adapters/connect-provider.ts'
import type { Provider } from './adapters/provider.ts'
import { type AnswerCache, createAnswerCache } from './answer-cache.ts'
import { createDeploymentHealth, type DeploymentHealth } from './deployment-health.ts'
import { modelNotFound, modelOfOtherKind } from './errors.ts'
import { createFlights, type Flights } from './flights.ts'
import type { KeptChat } from './kept-answer.ts'
import { createKeyPool, type KeyPool, type ProviderKey } from './key-pool.ts'
import type { MeteredPlatform } from './metered-call.ts'
import { createMoneyGate } from './money-gate.ts'
import { createOrganizationRoutings, type OrganizationRouting } from './organization-routing.ts'
import { adjustPrice } from './rules/adjust-prices.ts'
import type { ModelAlias } from './rules/alias.ts'
import {
  buildModelDirectory,
  type ConfiguredProvider,
  extendDirectory,
  type ModelDeployment,
  type ModelDirectory,
} from './rules/catalogue.ts'
import { operatorAliases } from './rules/operator-aliases.ts'
import { chooseDefaultModel, type ModelKind, resolveModel } from './rules/resolve-model.ts'
import { openServedProviders } from './served-providers.ts'

/** Turns texts into vectors in this process, for the local embedding model. */
export type LocalEmbedding = (
  texts: readonly string[],
  signal: AbortSignal,
) => Promise<readonly Float32Array[]>

/**
 * The providers this process talks to and what they serve. The lists of servers of the operator's own are read in the
 * background and read again every five minutes; until then any name is passed on to them.
 */
export interface Gateway {
  readonly platform: MeteredPlatform
  readonly guardrails: Guardrails
  readonly projects: Projects
  directory(): ModelDirectory
  /** The deployment a name stands for; without a name, the default. @throws model_not_found (404), model_of_other_kind (400) */
  resolve(name: string | undefined, kind: ModelKind): ModelDeployment
  /** What is said of a name that stands for nothing, or for another kind of model. */
  resolveIn(
    directory: ModelDirectory,
    name: string,
    kind: ModelKind,
    otherNames?: readonly string[],
  ): ModelDeployment
  providerOf(deployment: ModelDeployment): Provider
  /** Whether the installation has a provider of this id. */
  isProvider(id: string): boolean
  /** Whether organizations can bring their own key of it. */
  takesKeysOf(provider: string): boolean
  /** Breakers, latencies and calls in flight of every deployment, as this process has seen them. */
  readonly health: DeploymentHealth
  readonly keyPool: KeyPool
  readonly answers: AnswerCache
  /** What is being asked now and may be kept: who asks the same waits for it. */
  readonly flights: Flights<KeptChat>
  /** What an organization set up for itself, and what it is served with that. */
  routingOf(caller: Caller): Promise<Routing>
  /** After the transaction that changed what an organization set up. */
  routingChanged(organizationId: string): Promise<void>
  /** Uniform in [0, 1). */
  random(): number
  refreshLists(): Promise<void>
  /** Begins to listen for changes on other nodes. */
  start(): Promise<void>
  close(): Promise<void>
}

/** The id of the model a name stands for, of any kind unless one is given; undefined where there is none. */
export function findModelId(gateway: Gateway, name: string, kind?: ModelKind): string | undefined {
  for (const one of kind === undefined ? (['chat', 'embedding'] as const) : [kind]) {
    const resolved = resolveModel(name, one, gateway.directory())
    if (resolved.found) return resolved.deployment.id
  }
  return undefined
}

/** What a caller names by it: an alias, or the id of a model of its own or of everybody's; undefined where there is none. */
export async function namedModel(
  gateway: Gateway,
  caller: Caller,
  name: string,
): Promise<string | undefined> {
  const { aliases, directory } = await gateway.routingOf(caller)
  if (aliases.has(name)) return name
  const resolved = resolveModel(name, 'chat', directory)
  return resolved.found ? resolved.deployment.id : undefined
}

/** What one organization's calls can be routed to. */
export interface Routing {
  readonly directory: ModelDirectory
  /** Its own and the operator's, by name; its own come first. */
  readonly aliases: ReadonlyMap<string, ModelAlias>
  /** The keys a deployment may be called with: the organization's own where it has any for the provider. */
  keysOf(deployment: ModelDeployment): readonly ProviderKey[]
}

const catalogueProviders: ReadonlySet<string> = new Set(['openai', 'openrouter', 'anthropic'])

export function createGateway(
  platform: Platform,
  guardrails: Guardrails,
  embedLocally: LocalEmbedding,
): Gateway {
  const { config, clock } = platform
  const places = createProviderPlaces(config, clock, () => platform.publicUrl())
  const served = openServedProviders(platform, places, embedLocally)
  const routings = createOrganizationRoutings(platform, places)
  const aliases = new Map(operatorAliases(config.FREEHOLD_MODEL_ALIASES ?? []).map((one) => [one.name, one]))
  const metered: MeteredPlatform = {
    ...platform,
    gate: createMoneyGate(platform),
    limits: createCallLimits(platform),
  }
  const lists = new Map<string, ConfiguredProvider['listed']>()
  let directory = build()
  const extended = new WeakMap<OrganizationRouting, { from: ModelDirectory; directory: ModelDirectory }>()

  function build(): ModelDirectory {
    const prices = config.FREEHOLD_MODEL_PRICES ?? []
    return buildModelDirectory(
      served.map(({ id, models }) => ({ id, models, listed: lists.get(id) ?? null })),
      (deployment) => adjustPrice(deployment, prices),
    )
  }

  /** With what its keys open: a provider the operator has no key of, and its own servers. */
  function directoryWith(own: OrganizationRouting): ModelDirectory {
    const known = extended.get(own)
    if (known?.from === directory) return known.directory
    const opened = [...own.keys.keys()]
      .filter((id) => places.isOffered(id) && !served.some((one) => one.id === id))
      .map((id) => ({ id, models: 'catalogue', listed: null }) as const)
    const made = extendDirectory(directory, opened, own.ownModels)
    extended.set(own, { from: directory, directory: made })
    return made
  }

  function resolveIn(
    from: ModelDirectory,
    name: string,
    kind: ModelKind,
    otherNames: readonly string[] = [],
  ): ModelDeployment {
    const resolved = resolveModel(name, kind, from, otherNames)
    if (resolved.found) return resolved.deployment
    const problem = { message: resolved.message, details: { param: 'model', nearest: resolved.nearest } }
    throw resolved.reason === 'unknown' ? modelNotFound(problem) : modelOfOtherKind(problem)
  }

  return {
    platform: metered,
    guardrails,
    projects: createProjects(platform),
    health: createDeploymentHealth(clock),
    keyPool: createKeyPool(clock, platform.rateLimiter, Math.random),
    answers: createAnswerCache(platform),
    flights: createFlights(),
    random: Math.random,
    directory: () => directory,
    resolveIn,
    resolve(name, kind) {
      const wanted = name ?? (kind === 'chat' ? config.FREEHOLD_DEFAULT_MODEL : undefined)
      if (wanted !== undefined) return resolveIn(directory, wanted, kind)
      const chosen = chooseDefaultModel(kind, directory)
      if (!chosen) throw modelNotFound({ message: `No ${kind} model is configured.` })
      return chosen
    },
    providerOf(deployment) {
      const [first] = served.find(({ id }) => id === deployment.providerId)?.keys ?? []
      if (!first) throw new Error(`The provider ${deployment.providerId} is not configured.`)
      return first.provider
    },
    isProvider: (id) => catalogueProviders.has(id) || served.some((one) => one.id === id),
    takesKeysOf: (provider) => places.isOffered(provider),
    async routingOf(caller) {
      const own = await routings.of(caller)
      return {
        directory: directoryWith(own),
        aliases: own.aliases.size === 0 ? aliases : new Map([...aliases, ...own.aliases]),
        keysOf: ({ providerId }) =>
          own.keys.get(providerId) ?? served.find(({ id }) => id === providerId)?.keys ?? [],
      }
    },
    routingChanged: (organizationId) => routings.changed(organizationId),
    async refreshLists() {
      await Promise.all(
        served.map(async ({ id, models, keys: [first] }) => {
          const isRead = models === 'own' || (id === 'openrouter' && config.FREEHOLD_MODEL_LISTS)
          if (!isRead || !first) return
          try {
            lists.set(id, await first.provider.listModels(AbortSignal.timeout(10_000)))
          } catch (error) {
            platform.logger.info(
              { err: error, provider: id },
              'the model list of a provider could not be read',
            )
          }
        }),
      )
      directory = build()
      await routings.closeIdle()
    },
    start: () => routings.start(),
    async close() {
      await routings.close()
      await Promise.all(served.flatMap(({ keys }) => keys.map(({ provider }) => provider.close())))
    },
  }
}
