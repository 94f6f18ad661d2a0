import { defineError } from '../../platform/errors.ts'

export const queuedCallNotFound = defineError(
  'queued_calls.not_found',
  404,
  'There is no such queued call here.',
)
export const queuedCallExpired = defineError(
  'queued_calls.expired',
  410,
  'The answer is kept for 24 hours, and they are over.',
)
/** An outcome, never an answer of a route. */
export const rightsWithdrawn = defineError(
  'queued_calls.rights_withdrawn',
  403,
  'What this call was sent with may call models no more: the key was revoked or has ended, or who sent it has left.',
)
/** Why a call that was cancelled left its provider: in its usage record, never an answer of a route. */
export const callCancelled = defineError('queued_calls.cancelled', 409, 'The queued call was cancelled.')
export const webhookSecretMissing = defineError(
  'queued_calls.webhook_secret_missing',
  409,
  'There is no secret to sign with yet. Make one with POST /api/v1/queued-calls/webhook-secret.',
)
