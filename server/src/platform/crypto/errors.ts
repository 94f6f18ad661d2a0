import { defineError } from '../errors.ts'

export const cannotDecrypt = defineError(
  'crypto.cannot_decrypt',
  500,
  'Stored data could not be decrypted: it was changed, moved, or sealed under another key.',
)
// Which key is missing goes to the log as the cause: a client cannot add it.
export const unknownKey = defineError(
  'crypto.unknown_key',
  500,
  'Stored data is sealed under a master key that this server does not have.',
)
export const masterKeyInvalid = defineError(
  'crypto.master_key_invalid',
  500,
  'The master key cannot be used.',
)
