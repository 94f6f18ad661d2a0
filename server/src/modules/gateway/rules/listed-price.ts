import type { ListedModel } from '../adapters/provider.ts'
import type { ModelPrice } from './price-call.ts'
import { versionOf } from './price-version.ts'

/** The price of a provider's own list; undefined where it has none by tokens. Cache rates it does not name are those of plain input. */
export function listedPrice(listed: ListedModel): ModelPrice | undefined {
  const { inputNanosPerMillion, outputNanosPerMillion } = listed
  if (inputNanosPerMillion === null || outputNanosPerMillion === null) return undefined
  const rates = {
    inputNanosPerMillion,
    cachedInputNanosPerMillion: listed.cachedInputNanosPerMillion ?? inputNanosPerMillion,
    cacheWriteNanosPerMillion: listed.cacheWriteNanosPerMillion ?? inputNanosPerMillion,
    outputNanosPerMillion,
  }
  return { version: versionOf('list', rates), ...rates, longContext: null }
}

/**
 * The price of a model that the catalogue knows, by the provider's own list where that says another: it is newer. What the
 * list does not tell (rates of long inputs, of caches) stays as the catalogue has it. A list that makes a model less than a
 * tenth as dear is not believed: a mistake in it would take the limit off every budget.
 */
export function priceByList(known: ModelPrice, listed: ListedModel | undefined): ModelPrice {
  const price = listed && listedPrice(listed)
  if (!listed || !price) return known
  const isFarCheaper =
    price.inputNanosPerMillion * 10n < known.inputNanosPerMillion ||
    price.outputNanosPerMillion * 10n < known.outputNanosPerMillion
  if (isFarCheaper) return known
  const isSameInput = price.inputNanosPerMillion === known.inputNanosPerMillion
  if (isSameInput && price.outputNanosPerMillion === known.outputNanosPerMillion) return known
  return { ...price, longContext: known.longContext }
}
