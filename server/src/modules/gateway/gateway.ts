import type { Platform } from '../../platform/platform.ts'
import { createLocalProvider } from './adapters/local/create-provider.ts'
import { createOpenAiCompatibleProvider } from './adapters/openai-compatible/create-provider.ts'
import type { Provider } from './adapters/provider.ts'
import { modelNotFound, modelOfOtherKind } from './errors.ts'
import type { MeteredPlatform } from './metered-call.ts'
import { createMoneyGate } from './money-gate.ts'
import {
  buildModelDirectory,
  type ConfiguredProvider,
  type ModelDeployment,
  type ModelDirectory,
} from './rules/catalogue.ts'
import { chooseDefaultModel, type ModelKind, resolveModel } from './rules/resolve-model.ts'

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
  directory(): ModelDirectory
  /** The deployment a name stands for; without a name, the default. @throws model_not_found (404), model_of_other_kind (400) */
  resolve(name: string | undefined, kind: ModelKind): ModelDeployment
  providerOf(deployment: ModelDeployment): Provider
  refreshLists(): Promise<void>
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

interface Served {
  provider: Provider
  models: ConfiguredProvider['models']
}

export function createGateway(platform: Platform, embedLocally: LocalEmbedding): Gateway {
  const metered: MeteredPlatform = { ...platform, gate: createMoneyGate(platform) }
  const served = openProviders(platform, embedLocally)
  const lists = new Map<string, ConfiguredProvider['listed']>()
  let directory = build()

  function build(): ModelDirectory {
    return buildModelDirectory(
      served.map(({ provider, models }) => ({
        id: provider.id,
        models,
        listed: lists.get(provider.id) ?? null,
      })),
    )
  }

  return {
    platform: metered,
    directory: () => directory,
    resolve(name, kind) {
      const wanted = name ?? (kind === 'chat' ? platform.config.FREEHOLD_DEFAULT_MODEL : undefined)
      if (wanted === undefined) {
        const chosen = chooseDefaultModel(kind, directory)
        if (!chosen) throw modelNotFound({ message: `No ${kind} model is configured.` })
        return chosen
      }
      const resolved = resolveModel(wanted, kind, directory)
      if (resolved.found) return resolved.deployment
      const problem = { message: resolved.message, details: { param: 'model', nearest: resolved.nearest } }
      throw resolved.reason === 'unknown' ? modelNotFound(problem) : modelOfOtherKind(problem)
    },
    providerOf(deployment) {
      const found = served.find(({ provider }) => provider.id === deployment.providerId)
      if (!found) throw new Error(`The provider ${deployment.providerId} is not configured.`)
      return found.provider
    },
    async refreshLists() {
      await Promise.all(
        served.map(async ({ provider, models }) => {
          if (models !== 'own') return
          try {
            lists.set(provider.id, await provider.listModels(AbortSignal.timeout(10_000)))
          } catch (error) {
            platform.logger.info(
              { err: error, provider: provider.id },
              'the model list of a provider could not be read',
            )
          }
        }),
      )
      directory = build()
    },
    async close() {
      await Promise.all(served.map(({ provider }) => provider.close()))
    },
  }
}

function openProviders(platform: Platform, embedLocally: LocalEmbedding): Served[] {
  const { config, clock } = platform
  const served: Served[] = []
  if (config.OPENROUTER_API_KEY) {
    const provider = createOpenAiCompatibleProvider({
      id: 'openrouter',
      baseUrl: config.OPENROUTER_BASE_URL,
      apiKey: config.OPENROUTER_API_KEY,
      dialect: 'openrouter',
      headers: { 'X-Title': 'Freehold', 'HTTP-Referer': platform.publicUrl() },
    })
    served.push({ provider, models: 'catalogue' })
  }
  if (config.OPENAI_API_KEY || config.OPENAI_BASE_URL) {
    const baseUrl = config.OPENAI_BASE_URL ?? 'https://api.openai.com/v1'
    const provider = createOpenAiCompatibleProvider({
      id: 'openai',
      baseUrl,
      ...(config.OPENAI_API_KEY ? { apiKey: config.OPENAI_API_KEY } : {}),
    })
    served.push({ provider, models: new URL(baseUrl).host === 'api.openai.com' ? 'catalogue' : 'own' })
  }
  if (config.OLLAMA_BASE_URL) {
    const baseUrl = `${config.OLLAMA_BASE_URL.replace(/\/+$/, '').replace(/\/v1$/, '')}/v1`
    served.push({ provider: createOpenAiCompatibleProvider({ id: 'ollama', baseUrl }), models: 'own' })
  }
  served.push({ provider: createLocalProvider({ embed: embedLocally, clock }), models: 'catalogue' })
  return served
}
