export { fetchFailed, fetchRefused, fetchTimeout, fetchTooLarge } from './errors.ts'
export { type AddressRule, createGuardedConnector, type Resolver } from './guarded-dispatcher.ts'
export {
  createGuardedFetch,
  type GuardedFetch,
  type GuardedFetchOptions,
  requireFetchable,
} from './guarded-fetch.ts'
