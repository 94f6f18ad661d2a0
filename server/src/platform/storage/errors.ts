import { defineError } from '../errors.ts'

export const storageUnavailable = defineError(
  'storage.unavailable',
  503,
  'The file storage does not answer. Try again shortly.',
)
export const storageFull = defineError('storage.full', 507, 'The file storage is full.')
