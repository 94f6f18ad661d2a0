import { randomBytes } from 'node:crypto'
import { hashToken } from '../../platform/crypto/index.ts'
import { base32 } from './match-totp.ts'

const howMany = 10
/** Eighty bits, so that their hashes need no salt and no slow function. */
const codeBytes = 10

/** Ten codes of the form `ABCD-EFGH-IJKL-MNOP`, each good for one sign-in. */
export function makeRecoveryCodes(): string[] {
  return Array.from({ length: howMany }, () => {
    return (base32(randomBytes(codeBytes)).match(/.{4}/g) ?? []).join('-')
  })
}

/** Codes are copied by hand: case, spaces and hyphens do not count. */
export function hashRecoveryCode(code: string): string {
  return hashToken(code.toUpperCase().replaceAll(/[^A-Z2-7]/g, ''))
}
