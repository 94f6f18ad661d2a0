import { editDistance } from '../../../platform/edit-distance.ts'
import {
  localChatModelId,
  localEmbeddingModelId,
  type ModelDeployment,
  type ModelDirectory,
  ownDeployment,
} from './catalogue.ts'

export type ModelKind = ModelDeployment['kind']

export type ResolvedModel =
  | { readonly found: true; readonly deployment: ModelDeployment }
  | {
      readonly found: false
      readonly reason: 'unknown' | 'wrong_kind'
      /** For the caller: what was asked, and the nearest names. */
      readonly message: string
      readonly nearest: readonly string[]
    }

/**
 * The deployment a model name stands for, in this order: an id of GET /v1/models; `provider/model`; the bare name of a
 * model that a provider lists under its maker's (`gpt-4o-mini` for `openai/gpt-4o-mini`); any name at a server of the
 * operator's own whose list could not be read. A name that fits none gets the nearest ones.
 * @param otherNames what else could have been meant, such as aliases
 */
export function resolveModel(
  name: string,
  kind: ModelKind,
  directory: ModelDirectory,
  otherNames: readonly string[] = [],
): ResolvedModel {
  const deployment =
    directory.byName.get(name) ??
    findByBareName(name, directory) ??
    deploymentOfOwnServer(name, kind, directory)
  if (!deployment) {
    const nearest = nearestNames(name, kind, directory, otherNames)
    return { found: false, reason: 'unknown', message: unknownMessage(name, nearest), nearest }
  }
  if (deployment.kind === kind) return { found: true, deployment }
  // The list of the operator's own server does not say what a model is for: there the caller is believed, not the guess.
  if (!deployment.priceKnown)
    return { found: true, deployment: { ...deployment, kind, isLanguageModel: kind === 'chat' } }
  const does = kind === 'chat' ? 'makes embeddings and does not chat' : 'chats and makes no embeddings'
  return { found: false, reason: 'wrong_kind', message: `The model '${name}' ${does}.`, nearest: [] }
}

const preferredChatModels = ['openai/gpt-4o-mini', 'gpt-4o-mini', 'claude-haiku-5-5']

/**
 * The model for a call that names none. Chat: a small language model of a configured provider, else the first that there
 * is, else the local one. Embeddings: the built-in ones, which cost nothing. Undefined when nothing of the kind is served.
 */
export function chooseDefaultModel(kind: ModelKind, directory: ModelDirectory): ModelDeployment | undefined {
  const deployments = directory.deployments.filter((deployment) => deployment.kind === kind)
  const preferred = kind === 'chat' ? preferredChatModels : [localEmbeddingModelId]
  for (const id of preferred) {
    const deployment = deployments.find((candidate) => candidate.id === id && candidate.priceKnown)
    if (deployment) return deployment
  }
  return deployments.find((deployment) => deployment.id !== localChatModelId) ?? deployments[0]
}

function findByBareName(name: string, directory: ModelDirectory): ModelDeployment | undefined {
  if (name === '' || name.includes('/')) return undefined
  return directory.deployments.find(
    (deployment) => deployment.priceKnown && deployment.id.endsWith(`/${name}`),
  )
}

function deploymentOfOwnServer(
  name: string,
  kind: ModelKind,
  directory: ModelDirectory,
): ModelDeployment | undefined {
  if (name === '') return undefined
  const unread = directory.providers.filter(
    (provider) => provider.models === 'own' && provider.listed === null,
  )
  const named = unread.find((provider) => name.startsWith(`${provider.id}/`))
  const provider = named ?? unread[0]
  if (!provider) return undefined
  const model = named ? name.slice(named.id.length + 1) : name
  return { ...ownDeployment(provider.id, model), kind, isLanguageModel: kind === 'chat' }
}

const longestShownName = 100

function unknownMessage(name: string, nearest: readonly string[]): string {
  const shown = name.length > longestShownName ? `${name.slice(0, longestShownName)}…` : name
  const hint = nearest.length > 0 ? ` Did you mean ${nearest.map((id) => `'${id}'`).join(' or ')}?` : ''
  return `The model '${shown}' does not exist here.${hint} GET /v1/models lists what this installation serves.`
}

const mostSuggestions = 3

function nearestNames(
  name: string,
  kind: ModelKind,
  directory: ModelDirectory,
  otherNames: readonly string[],
): readonly string[] {
  const asked = name.toLowerCase().slice(0, longestShownName)
  const askedBare = asked.slice(asked.lastIndexOf('/') + 1)
  const allowed = Math.max(2, Math.floor(askedBare.length / 3))
  const ranked = new Map<string, number>()
  const served = directory.deployments.filter((one) => one.kind === kind).map(({ id }) => id)
  for (const id of [...otherNames, ...served]) {
    const bare = id.slice(id.lastIndexOf('/') + 1).toLowerCase()
    const distance = Math.min(editDistance(asked, id.toLowerCase()), editDistance(askedBare, bare))
    const contained = askedBare.length >= 3 && bare.includes(askedBare)
    if (distance <= allowed || contained) ranked.set(id, contained ? Math.min(distance, 2) : distance)
  }
  return [...ranked]
    .sort(([one, near], [other, far]) => near - far || (one < other ? -1 : 1))
    .slice(0, mostSuggestions)
    .map(([id]) => id)
}
