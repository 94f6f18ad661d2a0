export { createApiKey } from './actions/create-api-key.ts'
export { revokeApiKey } from './actions/revoke-api-key.ts'
export { revokePersonalKeys } from './revoke-personal-keys.ts'
export { insertApiKey, type ListedApiKey, listApiKeys } from './store.ts'
