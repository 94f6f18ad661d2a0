import type { Platform } from '../../platform/platform.ts'
import { isOpenAiItself, type ProviderPlaces } from './adapters/connect-provider.ts'
import { createLocalProvider } from './adapters/local/create-provider.ts'
import { createOpenAiCompatibleProvider } from './adapters/openai-compatible/create-provider.ts'
import type { Provider } from './adapters/provider.ts'
import type { LocalEmbedding } from './gateway.ts'
import type { ProviderKey } from './key-pool.ts'
import type { ConfiguredProvider } from './rules/catalogue.ts'
import { readKeyList } from './rules/read-key-list.ts'

/** A provider the operator has set up, with its keys: at least one, though it be none at all. */
export interface ServedProvider {
  readonly id: string
  readonly models: ConfiguredProvider['models']
  readonly keys: readonly ProviderKey[]
}

/** The providers of the settings. */
export function openServedProviders(
  platform: Platform,
  places: ProviderPlaces,
  embedLocally: LocalEmbedding,
): readonly ServedProvider[] {
  const { config, clock } = platform
  const served: ServedProvider[] = []
  if (config.OPENROUTER_API_KEY) {
    const keys = keysOf('openrouter', config.OPENROUTER_API_KEY, (key) => places.connect('openrouter', key))
    served.push({ id: 'openrouter', models: 'catalogue', keys })
  }
  if (config.OPENAI_API_KEY || config.OPENAI_BASE_URL) {
    const keys = keysOf('openai', config.OPENAI_API_KEY, (key) => places.connect('openai', key))
    served.push({ id: 'openai', models: isOpenAiItself(config) ? 'catalogue' : 'own', keys })
  }
  if (config.ANTHROPIC_API_KEY) {
    const keys = keysOf('anthropic', config.ANTHROPIC_API_KEY, (key) => places.connect('anthropic', key))
    served.push({ id: 'anthropic', models: 'catalogue', keys })
  }
  if (config.OLLAMA_BASE_URL) {
    const baseUrl = `${config.OLLAMA_BASE_URL.replace(/\/+$/, '').replace(/\/v1$/, '')}/v1`
    const limits = {
      headersTimeoutMs: config.FREEHOLD_PROVIDER_FIRST_BYTE_MS,
      bodyIdleTimeoutMs: config.FREEHOLD_PROVIDER_IDLE_MS,
    }
    const connect = () => createOpenAiCompatibleProvider({ id: 'ollama', baseUrl, ...limits })
    const keys = keysOf('ollama', undefined, connect)
    served.push({ id: 'ollama', models: 'own', keys })
  }
  const local = keysOf('local', undefined, () => createLocalProvider({ embed: embedLocally, clock }))
  served.push({ id: 'local', models: 'catalogue', keys: local })
  return served
}

function keysOf(
  provider: string,
  setting: string | undefined,
  connect: (key: string | undefined) => Provider,
): readonly ProviderKey[] {
  const own = { paidBy: 'installation', countsInBudgets: true } as const
  const listed = setting === undefined ? [] : readKeyList(setting)
  if (listed.length === 0)
    return [{ id: provider, provider: connect(undefined), weight: 1, requestsPerMinute: null, ...own }]
  return listed.map(({ key, weight, requestsPerMinute }, index) => ({
    // Its place and not the key: it is part of the names in the rate limiter.
    id: `${provider}#${index + 1}`,
    provider: connect(key),
    weight,
    requestsPerMinute,
    ...own,
  }))
}
