import { defineError } from '../errors.ts'

export const keyInvalid = defineError(
  'idempotency_key_invalid',
  400,
  'An Idempotency-Key has 1 to 255 visible ASCII characters. A UUID is a good one.',
)
export const keyReused = defineError(
  'idempotency_key_reused',
  422,
  'This Idempotency-Key came before with another request. Use a new key for a new request.',
)
export const requestInProgress = defineError(
  'request_in_progress',
  409,
  'The first request with this Idempotency-Key is still at work. Ask again in a moment, with the same key.',
)
export const outcomeUnknown = defineError(
  'outcome_unknown',
  409,
  'The server that was at work on this request has died, and what it had done is not known. Look whether it took effect; if not, send it with a new Idempotency-Key.',
)
