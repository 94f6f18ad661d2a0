export { createApiKey } from './actions/create-api-key.ts'
export { revokeApiKey } from './actions/revoke-api-key.ts'
export { insertApiKey, type ListedApiKey, listApiKeys } from './store.ts'
