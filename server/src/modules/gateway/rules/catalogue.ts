import type { ListedModel } from '../adapters/provider.ts'
import { type CatalogueModel, catalogueModels, freePrice } from './catalogue-data.ts'
import { listedPrice, priceByList } from './listed-price.ts'
import type { ModelPrice } from './price-call.ts'

export { type CatalogueModel, catalogueModels } from './catalogue-data.ts'

export const localChatModelId = 'local/extractive'
export const localEmbeddingModelId = 'local/embedding'

/** A provider this installation is set up with, as far as naming and pricing models goes. */
export interface ConfiguredProvider {
  readonly id: string
  /**
   * `catalogue`: the provider itself, whose models and prices the catalogue knows (local, OpenRouter, OpenAI, Anthropic).
   * `own`: a server of the operator's, such as Ollama or vLLM, which serves whatever it serves at no price we know.
   */
  readonly models: 'catalogue' | 'own'
  /** The provider's own list; null when it has not been read (yet). */
  readonly listed: readonly ListedModel[] | null
}

/** A model somebody may call: where it runs, its limits and its price. */
export interface ModelDeployment {
  /** What callers name. */
  readonly id: string
  readonly providerId: string
  /** What the provider names. */
  readonly deploymentModel: string
  readonly name: string
  readonly kind: 'chat' | 'embedding'
  readonly isLanguageModel: boolean
  readonly contextTokens: number | null
  readonly maxOutputTokens: number | null
  readonly price: ModelPrice
  /** False when the price is unknown and counted as zero. */
  readonly priceKnown: boolean
  readonly imageTokensBound: number | null
  readonly notice: string | null
  /** The organization whose own server it runs on. */
  readonly ownedBy?: string
}

/** Names a deployment in this process: of two organizations' own servers of one name, each has its own. */
export function deploymentKey({ ownedBy, providerId, deploymentModel }: ModelDeployment): string {
  const name = `${providerId}/${deploymentModel}`
  return ownedBy === undefined ? name : `${ownedBy}:${name}`
}

const unknownPriceNotice = 'Its price is unknown here and counted as zero; budgets do not limit it.'

/** What the configured providers serve, built once when they change, so that finding a model is one look-up. */
export interface ModelDirectory {
  readonly providers: readonly ConfiguredProvider[]
  /** In the order of the providers; what the catalogue knows comes first. */
  readonly deployments: readonly ModelDeployment[]
  /** The first of each id, and `provider/model` for every one. */
  readonly byName: ReadonlyMap<string, ModelDeployment>
}

export function buildModelDirectory(
  providers: readonly ConfiguredProvider[],
  adjust: (deployment: ModelDeployment) => ModelDeployment = (deployment) => deployment,
): ModelDirectory {
  const deployments = listDeployments(providers).map(adjust)
  const byName = new Map<string, ModelDeployment>()
  for (const deployment of deployments) if (!byName.has(deployment.id)) byName.set(deployment.id, deployment)
  for (const deployment of deployments) {
    const full = `${deployment.providerId}/${deployment.deploymentModel}`
    if (!byName.has(full)) byName.set(full, deployment)
  }
  return { providers, deployments, byName }
}

/** The directory with what one organization alone is served; what all are served comes first. */
export function extendDirectory(
  directory: ModelDirectory,
  providers: readonly ConfiguredProvider[],
  ownModels: readonly ModelDeployment[],
): ModelDirectory {
  if (providers.length === 0 && ownModels.length === 0) return directory
  const more = [...listDeployments(providers), ...ownModels]
  const byName = new Map(directory.byName)
  for (const deployment of more) {
    for (const name of [deployment.id, `${deployment.providerId}/${deployment.deploymentModel}`])
      if (!byName.has(name)) byName.set(name, deployment)
  }
  return { ...directory, deployments: [...directory.deployments, ...more], byName }
}

/** A model of an organization's own server: named with the server's name before it. */
export function ownServerModel(provider: string, model: string, organizationId: string): ModelDeployment {
  return {
    ...ownDeployment(provider, model),
    id: `${provider}/${model}`,
    notice: 'Runs on a server of your organization. Its price is unknown here and counted as zero.',
    ownedBy: organizationId,
  }
}

function listDeployments(providers: readonly ConfiguredProvider[]): readonly ModelDeployment[] {
  const deployments: ModelDeployment[] = []
  for (const provider of providers) {
    const known = new Set<string>()
    if (provider.models === 'catalogue') {
      for (const model of catalogueModels) {
        if (model.provider !== provider.id) continue
        known.add(model.deploymentModel)
        const listed = provider.listed?.find(({ id }) => id === model.deploymentModel)
        const built = fromCatalogue(model)
        deployments.push({ ...built, price: priceByList(built.price, listed) })
      }
    }
    for (const listed of provider.listed ?? []) {
      if (known.has(listed.id)) continue
      const deployment = fromList(provider, listed)
      if (deployment) deployments.push(deployment)
    }
  }
  return deployments
}

function fromCatalogue(model: CatalogueModel): ModelDeployment {
  return {
    id: model.id,
    providerId: model.provider,
    deploymentModel: model.deploymentModel,
    name: model.name,
    kind: model.kind,
    isLanguageModel: model.isLanguageModel,
    contextTokens: model.contextTokens,
    maxOutputTokens: model.maxOutputTokens,
    price: model.price,
    priceKnown: true,
    imageTokensBound: model.imageTokensBound,
    notice: model.notice,
  }
}

/** A paid provider's model without a price is left out: nothing could hold a budget against it. */
function fromList(provider: ConfiguredProvider, listed: ListedModel): ModelDeployment | undefined {
  const price = listedPrice(listed)
  if (provider.models === 'catalogue' && !price) return undefined
  return ownDeployment(provider.id, listed.id, listed, price)
}

/** A model of the operator's own server, known by nothing but its name where `listed` is absent. */
export function ownDeployment(
  providerId: string,
  model: string,
  listed?: ListedModel,
  price?: ModelPrice,
): ModelDeployment {
  const kind = /embed|(?:^|[/_-])(?:bge|e5|gte|minilm)/i.test(model) ? 'embedding' : 'chat'
  return {
    id: model,
    providerId,
    deploymentModel: model,
    name: model,
    kind,
    isLanguageModel: kind === 'chat',
    contextTokens: listed?.contextTokens ?? null,
    maxOutputTokens: listed?.maxOutputTokens ?? null,
    price: price ?? freePrice('unknown'),
    priceKnown: price !== undefined,
    imageTokensBound: null,
    notice: price ? null : unknownPriceNotice,
  }
}
