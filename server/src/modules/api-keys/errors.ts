import { defineError } from '../../platform/errors.ts'

export const apiKeyNotFound = defineError('api_keys.not_found', 404, 'No such API key.')
export const apiKeyInvalid = defineError(
  'api_keys.invalid_api_key',
  401,
  'This API key is not valid: it is mistyped, revoked or expired.',
)
export const expiryInPast = defineError('api_keys.expiry_in_past', 422, 'The expiry must be in the future.')
