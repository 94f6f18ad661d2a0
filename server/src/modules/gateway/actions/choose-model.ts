import type { Caller } from '../../../platform/context.ts'
import { type OrganizationSettings, recentOrganizationSettings } from '../../organizations/index.ts'
import { modelNotAllowed } from '../errors.ts'
import { findModelId, type Gateway } from '../gateway.ts'
import type { ModelDeployment } from '../rules/catalogue.ts'
import type { ModelKind } from '../rules/resolve-model.ts'

/**
 * The deployment a name stands for in the caller's organization; without a name its default, else the installation's,
 * else the first it allows.
 * @throws model_not_allowed (403), model_not_found (404), model_of_other_kind (400)
 */
export async function chooseModel(
  gateway: Gateway,
  caller: Caller,
  name: string | undefined,
  kind: ModelKind,
): Promise<ModelDeployment> {
  const settings = await recentOrganizationSettings(gateway.platform, caller)
  if (name === undefined) return defaultModelOf(gateway, settings, kind)
  const deployment = gateway.resolve(name, kind)
  if (!isAllowed(settings, deployment)) throw refusal(settings, deployment.id)
  return deployment
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

function refusal({ allowedModels }: OrganizationSettings, id: string) {
  return modelNotAllowed({
    message: `This organization does not allow the model '${id}'. It allows ${allowedModels?.join(', ')}.`,
    details: { param: 'model', allowed: allowedModels },
  })
}
