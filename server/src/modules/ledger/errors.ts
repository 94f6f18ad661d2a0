import { defineError } from '../../platform/errors.ts'

export const usageRecordNotFound = defineError('ledger.not_found', 404, 'No such usage record.')
