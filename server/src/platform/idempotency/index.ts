export { keyInvalid, keyReused, outcomeUnknown, requestInProgress } from './errors.ts'
export { repeatJob } from './jobs.ts'
export { createRepeatGuard, type KeyedRequest, type RepeatGuard } from './repeat-guard.ts'
export { deleteKeysOf } from './store.ts'
