import type { Clock } from '../../../platform/clock.ts'
import type { Config } from '../../../platform/config.ts'
import { createGuardedConnector } from '../../../platform/fetch/index.ts'
import { createAnthropicProvider } from './anthropic/create-provider.ts'
import { createOpenAiCompatibleProvider } from './openai-compatible/create-provider.ts'
import type { Provider } from './provider.ts'

/** The providers whose models and prices the catalogue knows, and which take a key. */
export type CatalogueProvider = 'openrouter' | 'openai' | 'anthropic'

/** Where they are, and how one speaks to them. */
export interface ProviderPlaces {
  /** Whether an organization can bring its key of it: not where a server of the operator's own stands in its place. */
  isOffered(provider: string): provider is CatalogueProvider
  /** @param apiKey absent for an operator's own server that asks for none */
  connect(provider: CatalogueProvider, apiKey: string | undefined): Provider
  /** A server that an organization named: dialed only where the public may go, unless the operator allows more. */
  connectOwn(name: string, baseUrl: string, apiKey: string | undefined): Provider
}

const connectTimeoutMs = 10_000
const openAiUrl = 'https://api.openai.com/v1'

function openAiBaseUrl(config: Config): string {
  return config.OPENAI_BASE_URL ?? openAiUrl
}

/** Whether `openai` is OpenAI itself, and not a server of the operator's own in its place. */
export function isOpenAiItself(config: Config): boolean {
  return new URL(openAiBaseUrl(config)).host === 'api.openai.com'
}

export function createProviderPlaces(config: Config, clock: Clock, publicUrl: () => string): ProviderPlaces {
  const limits = {
    headersTimeoutMs: config.FREEHOLD_PROVIDER_FIRST_BYTE_MS,
    bodyIdleTimeoutMs: config.FREEHOLD_PROVIDER_IDLE_MS,
  }
  const connector = createGuardedConnector({
    allowAddress: () => config.FREEHOLD_ALLOW_PRIVATE_PROVIDERS,
    timeoutMs: connectTimeoutMs,
  })
  return {
    isOffered: (provider): provider is CatalogueProvider =>
      provider === 'openai' ? isOpenAiItself(config) : provider === 'openrouter' || provider === 'anthropic',
    connect(provider, apiKey) {
      const key = apiKey === undefined ? limits : { apiKey, ...limits }
      if (provider === 'anthropic') {
        // Whatever stands at the base URL sells Anthropic's models: their prices are counted.
        const baseUrl = config.ANTHROPIC_BASE_URL ?? 'https://api.anthropic.com'
        return createAnthropicProvider({ baseUrl, apiKey: apiKey ?? '', clock, ...limits })
      }
      if (provider === 'openai')
        return createOpenAiCompatibleProvider({ id: provider, baseUrl: openAiBaseUrl(config), ...key })
      return createOpenAiCompatibleProvider({
        id: provider,
        baseUrl: config.OPENROUTER_BASE_URL,
        dialect: 'openrouter',
        headers: { 'X-Title': 'Freehold', 'HTTP-Referer': publicUrl() },
        ...key,
      })
    },
    connectOwn: (name, baseUrl, apiKey) =>
      createOpenAiCompatibleProvider({
        id: name,
        baseUrl,
        ...(apiKey === undefined ? {} : { apiKey }),
        ...limits,
        connections: 64,
        connect: connector,
      }),
  }
}
