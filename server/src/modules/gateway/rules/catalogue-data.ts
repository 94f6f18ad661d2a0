import { parseUsd } from '../../../platform/money.ts'
import { anthropicPriceVersion, anthropicRows } from './anthropic-models.ts'
import { openAiRows } from './openai-models.ts'
import { openRouterRows } from './openrouter-models.ts'
import type { ModelPrice, TokenRates } from './price-call.ts'
import type { PriceRow, Rates } from './price-row.ts'

/**
 * The built-in catalogue: well-known models as the providers themselves list them, in US dollars per million tokens.
 * A model that is not here can still be served where the provider's own list prices it, or where the server is the
 * operator's own; see `resolve-model.ts`.
 *
 * As public price lists had them at the version's date. Changing a price means a new date.
 */
export const cataloguePriceVersion = '2026-07-02'

export type CatalogueProviderId = 'local' | 'openrouter' | 'openai' | 'anthropic'

export interface CatalogueModel {
  readonly provider: CatalogueProviderId
  /** What callers name. */
  readonly id: string
  /** What the provider names. */
  readonly deploymentModel: string
  readonly name: string
  readonly kind: 'chat' | 'embedding'
  readonly isLanguageModel: boolean
  readonly contextTokens: number
  readonly maxOutputTokens: number | null
  readonly price: ModelPrice
  /** Most tokens one image can take; null where it takes none or the provider does not say. */
  readonly imageTokensBound: number | null
  /** What a person has to know before choosing it. */
  readonly notice: string | null
}

const embeddingRows: Readonly<Record<string, { name: string; input: string }>> = {
  'text-embedding-3-small': { name: 'Text Embedding 3 Small', input: '0.02' },
  'text-embedding-3-large': { name: 'Text Embedding 3 Large', input: '0.13' },
}
const embeddingContext = 8_191

const localModels: readonly CatalogueModel[] = [
  {
    provider: 'local',
    id: 'local/extractive',
    deploymentModel: 'extractive',
    name: 'Extractive quotes',
    kind: 'chat',
    isLanguageModel: false,
    contextTokens: 128_000,
    maxOutputTokens: 4_096,
    price: freePrice(cataloguePriceVersion),
    imageTokensBound: null,
    notice:
      'Not a language model: it quotes the passages of your documents that bear on the question. Set OPENROUTER_API_KEY or OPENAI_BASE_URL to use one.',
  },
  {
    provider: 'local',
    id: 'local/embedding',
    deploymentModel: 'embedding',
    name: 'Built-in embeddings',
    kind: 'embedding',
    isLanguageModel: false,
    contextTokens: 8_191,
    maxOutputTokens: null,
    price: freePrice(cataloguePriceVersion),
    imageTokensBound: null,
    notice: 'Runs inside this server and needs no key.',
  },
]

export const catalogueModels: readonly CatalogueModel[] = [
  ...localModels,
  ...Object.entries(openAiRows).map(([id, row]) => chatModel('openai', id, row)),
  ...Object.entries(openAiRows).map(([id, row]) => chatModel('openrouter', `openai/${id}`, row)),
  ...Object.entries(anthropicRows).map(([id, row]) => chatModel('anthropic', id, row, anthropicPriceVersion)),
  ...Object.entries(openRouterRows).map(([id, row]) => chatModel('openrouter', id, row)),
  ...Object.entries(embeddingRows).map(([id, row]) => embeddingModel('openai', id, row)),
  ...Object.entries(embeddingRows).map(([id, row]) => embeddingModel('openrouter', `openai/${id}`, row)),
]

/** The price of what costs nothing, such as the built-in models. */
export function freePrice(version: string): ModelPrice {
  return { version, ...rates({ input: '0', output: '0' }), longContext: null }
}

function chatModel(
  provider: CatalogueProviderId,
  id: string,
  row: PriceRow,
  version = cataloguePriceVersion,
): CatalogueModel {
  const longContext = row.longContext
    ? { aboveTokens: row.longContext.aboveTokens, ...rates(row.longContext) }
    : null
  return {
    provider,
    id,
    deploymentModel: id,
    name: row.name,
    kind: 'chat',
    isLanguageModel: true,
    contextTokens: row.contextTokens,
    maxOutputTokens: row.maxOutputTokens,
    price: { version, ...rates(row), longContext },
    imageTokensBound: row.imageTokensBound ?? null,
    notice: null,
  }
}

function embeddingModel(
  provider: CatalogueProviderId,
  id: string,
  row: { name: string; input: string },
): CatalogueModel {
  return {
    provider,
    id,
    deploymentModel: id,
    name: row.name,
    kind: 'embedding',
    isLanguageModel: false,
    contextTokens: embeddingContext,
    maxOutputTokens: null,
    price: { version: cataloguePriceVersion, ...rates({ input: row.input, output: '0' }), longContext: null },
    imageTokensBound: null,
    notice: null,
  }
}

function rates(row: Rates): TokenRates {
  return {
    inputNanosPerMillion: dollars(row.input),
    cachedInputNanosPerMillion: dollars(row.cached ?? row.input),
    cacheWriteNanosPerMillion: dollars(row.cacheWrite ?? row.input),
    ...(row.cacheWriteHour ? { cacheWriteHourNanosPerMillion: dollars(row.cacheWriteHour) } : {}),
    outputNanosPerMillion: dollars(row.output),
  }
}

function dollars(text: string): bigint {
  const nanos = parseUsd(text)
  if (nanos === undefined) throw new Error(`${text} is no price`)
  return nanos
}
