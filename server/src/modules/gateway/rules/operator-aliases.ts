import type { ModelAliasSetting } from '../../../platform/model-settings.ts'
import type { ModelAlias } from './alias.ts'

/** The aliases of a setting, as those of an organization are. */
export function operatorAliases(settings: readonly ModelAliasSetting[]): ModelAlias[] {
  return settings.map(({ models, ...alias }) => ({
    ...alias,
    targets: models.map((one) =>
      typeof one === 'string' ? { model: one, weight: 1, timeoutMs: null } : one,
    ),
    madeBy: 'operator',
  }))
}
