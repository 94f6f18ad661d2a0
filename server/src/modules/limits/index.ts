export { type AdmittedCall, type CallLimits, createCallLimits } from './call-limits.ts'
export { rateLimitExceeded } from './errors.ts'
