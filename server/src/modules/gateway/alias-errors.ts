import { defineError } from '../../platform/errors.ts'

export const aliasNotFound = defineError('gateway.alias_not_found', 404, 'No such model alias.')
export const aliasExists = defineError('gateway.alias_exists', 409, 'There is an alias of this name already.')
export const aliasNameIsModel = defineError(
  'gateway.alias_name_is_model',
  409,
  'There is a model of this name: an alias would hide it.',
)
export const aliasTargetUnknown = defineError(
  'gateway.alias_target_unknown',
  422,
  'The alias names a model that does not exist here, or that does not chat.',
)
