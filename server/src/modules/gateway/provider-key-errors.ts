import { defineError } from '../../platform/errors.ts'

export const providerKeyNotFound = defineError('gateway.provider_key_not_found', 404, 'No such provider key.')
export const providerUnknown = defineError(
  'gateway.provider_unknown',
  422,
  'Keys are taken of openrouter and openai. A server of your own needs its base URL and the models it serves.',
)
export const providerNameTaken = defineError(
  'gateway.provider_name_taken',
  409,
  'The name is that of a provider of this installation, or of a server of yours at another address.',
)
export const baseUrlRefused = defineError(
  'gateway.base_url_refused',
  422,
  'The base URL must be an https address on the public internet.',
)
