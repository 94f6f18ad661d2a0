import { defineError } from '../../platform/errors.ts'

export const usageRecordNotFound = defineError('ledger.not_found', 404, 'No such usage record.')
export const correctionExists = defineError(
  'ledger.correction_exists',
  409,
  'There is another correction with this id.',
)
