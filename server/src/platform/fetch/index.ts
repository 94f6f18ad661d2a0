export { type AddressRule, createGuardedConnector, type Resolver } from './guarded-dispatcher.ts'
export { createGuardedFetch, type GuardedFetch, type GuardedFetchOptions } from './guarded-fetch.ts'
