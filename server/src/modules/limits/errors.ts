import { defineError } from '../../platform/errors.ts'

export const rateLimitExceeded = defineError(
  'limits.rate_limit_exceeded',
  429,
  'A limit of calls or tokens is reached. Try again after the time in Retry-After.',
)
export const limitNotFound = defineError('limits.not_found', 404, 'There is no such limit.')
export const limitSubjectNotFound = defineError(
  'limits.subject_not_found',
  404,
  'The organization has no such member, API key, service account or model.',
)
export const limitExists = defineError(
  'limits.exists',
  409,
  'There is a limit for exactly this already. Change that one.',
)
export const limitsNothing = defineError(
  'limits.limits_nothing',
  400,
  'A limit needs at least one of requestsPerMinute, tokensPerMinute and callsAtOnce. Delete it if it is not needed.',
)
