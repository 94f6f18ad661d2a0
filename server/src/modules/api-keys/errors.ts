import { defineError } from '../../platform/errors.ts'

export const apiKeyNotFound = defineError('api_keys.not_found', 404, 'No such API key.')
export const apiKeyInvalid = defineError(
  'api_keys.invalid_api_key',
  401,
  'This API key is not valid: it is mistyped, revoked or expired.',
)
export const addressNotAllowed = defineError(
  'api_keys.address_not_allowed',
  403,
  'This API key may not be used from this address.',
)
export const keyProjectArchived = defineError(
  'api_keys.project_archived',
  403,
  'The project of this API key is archived. Restore the project, or use another key.',
)
export const keyProjectNotFound = defineError(
  'api_keys.project_not_found',
  404,
  'The organization has no such project that is not archived.',
)
export const projectOfMaker = defineError(
  'api_keys.project_of_maker',
  403,
  'A key of a project makes keys of that project alone.',
)
export const keyRateLimited = defineError(
  'api_keys.rate_limited',
  429,
  'This API key has made as many requests this minute as it may.',
)
export const scopeNotHeld = defineError(
  'api_keys.scope_not_held',
  403,
  'A key cannot hold what its maker does not.',
)
export const boundedMaker = defineError(
  'api_keys.bounded_maker',
  403,
  'A key with an expiry, an address list or a limit of its own makes no keys, which would be without them.',
)
export const notItsOwn = defineError(
  'api_keys.not_its_own',
  403,
  'A key replaces itself and the keys that were made with it, and no others.',
)
export const serviceAccountNotFound = defineError(
  'api_keys.service_account_not_found',
  404,
  'No such service account.',
)
export const keyNotUsable = defineError(
  'api_keys.not_usable',
  409,
  'This key is revoked or has expired. Make a new one.',
)
export const expiryInPast = defineError('api_keys.expiry_in_past', 422, 'The expiry must be in the future.')
export const needsApiKey = defineError('api_keys.needs_api_key', 403, 'Send an API key to exchange it.')
