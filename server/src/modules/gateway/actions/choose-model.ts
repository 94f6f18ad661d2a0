import type { Caller } from '../../../platform/context.ts'
import { type OrganizationSettings, recentOrganizationSettings } from '../../organizations/index.ts'
import { modelNotAllowed } from '../errors.ts'
import { findModelId, type Gateway } from '../gateway.ts'
import type { ModelDeployment } from '../rules/catalogue.ts'
import type { ModelKind } from '../rules/resolve-model.ts'

/**
 * What a later call is to send as its model: the alias that is named, or the id of the model; without a name the
 * organization's default, else the installation's, else the first it allows.
 * @throws model_not_allowed (403), model_not_found (404), model_of_other_kind (400)
 */
export async function chooseModel(
  gateway: Gateway,
  caller: Caller,
  name: string | undefined,
): Promise<string> {
  const [settings, routing] = await Promise.all([
    recentOrganizationSettings(gateway.platform, caller),
    gateway.routingOf(caller),
  ])
  if (name === undefined) return defaultModelOf(gateway, settings, 'chat').id
  const { aliases, directory } = routing
  const alias = aliases.get(name)
  if (alias) {
    const served = alias.targets.flatMap(({ model }) => directory.byName.get(model) ?? [])
    if (served.length > 0 && !served.some((one) => isAllowed(settings, one))) throw refusal(settings, name)
    return name
  }
  const deployment = gateway.resolveIn(directory, name, 'chat', [...aliases.keys()])
  if (!isAllowed(settings, deployment)) throw refusal(settings, deployment.id)
  return deployment.id
}

/**
 * A default that the installation serves no more is as if it had not been set: what is allowed still bounds the choice.
 * @throws model_not_allowed (403) where the organization allows no model of the kind
 */
export function defaultModelOf(
  gateway: Gateway,
  settings: OrganizationSettings,
  kind: ModelKind,
): ModelDeployment {
  const own = kind === 'chat' && settings.defaultModel !== null ? settings.defaultModel : undefined
  const isServed = own !== undefined && findModelId(gateway, own, kind) !== undefined
  const chosen = gateway.resolve(isServed ? own : undefined, kind)
  if (isAllowed(settings, chosen)) return chosen
  const first = gateway.directory().deployments.find((one) => one.kind === kind && isAllowed(settings, one))
  if (!first) throw refusal(settings, chosen.id)
  return first
}

export function isAllowed({ allowedModels }: OrganizationSettings, { id }: ModelDeployment): boolean {
  return allowedModels === null || allowedModels.includes(id)
}

export function refusal({ allowedModels }: OrganizationSettings, id: string) {
  return modelNotAllowed({
    message: `This organization does not allow the model '${id}'. It allows ${allowedModels?.join(', ')}.`,
    details: { param: 'model', allowed: allowedModels },
  })
}
