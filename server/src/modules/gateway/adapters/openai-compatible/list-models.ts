import { scaleDecimal } from '../../rules/scale-decimal.ts'
import type { ExchangeClient } from '../http/http-exchange.ts'
import { type ErrorSource, make } from '../http/map-error.ts'
import { isObject, type JsonObject, parseJson } from '../json-value.ts'
import type { ListedModel } from '../provider.ts'

/** Dollars a token → nano-dollars a million tokens. */
const perTokenDigits = 15

/** The provider's own list. OpenRouter's holds limits and prices, vLLM's a limit, most others names only. */
export async function readModelList(
  client: ExchangeClient,
  source: ErrorSource,
  signal: AbortSignal,
): Promise<readonly ListedModel[]> {
  const exchange = await client.send('GET', '/models', undefined, signal, 'list-models')
  const body = parseJson(await exchange.text())
  if (!isObject(body) || !Array.isArray(body.data)) {
    throw make(source, 'bad_response', 'sent something that is no list of models')
  }
  return body.data.filter(isObject).flatMap((entry) => readModel(entry) ?? [])
}

function readModel(entry: JsonObject): ListedModel | undefined {
  if (typeof entry.id !== 'string' || entry.id === '') return undefined
  const pricing = isObject(entry.pricing) ? entry.pricing : {}
  const top = isObject(entry.top_provider) ? entry.top_provider : {}
  // A fee for every request is no price by tokens, so such a model counts as unpriced.
  const byTokens = (scaleDecimal(pricing.request ?? 0, perTokenDigits) ?? 1n) === 0n
  const cached = scaleDecimal(pricing.input_cache_read, perTokenDigits)
  const cacheWrite = scaleDecimal(pricing.input_cache_write, perTokenDigits)
  return {
    id: entry.id,
    contextTokens: limitOf(entry.context_length) ?? limitOf(entry.max_model_len),
    maxOutputTokens: limitOf(top.max_completion_tokens),
    inputNanosPerMillion: byTokens ? (scaleDecimal(pricing.prompt, perTokenDigits) ?? null) : null,
    outputNanosPerMillion: byTokens ? (scaleDecimal(pricing.completion, perTokenDigits) ?? null) : null,
    ...(cached === undefined ? {} : { cachedInputNanosPerMillion: cached }),
    ...(cacheWrite === undefined ? {} : { cacheWriteNanosPerMillion: cacheWrite }),
  }
}

function limitOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null
}
