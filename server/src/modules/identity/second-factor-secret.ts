import type { KeyRing } from '../../platform/crypto/index.ts'
import type { SecondFactorRow } from './factor-store.ts'

/** The secret of an authenticator app is sealed for its person: moved to another one's row it does not open. */
const purposeOf = (userId: string) => `second-factor:${userId}`

export function sealFactorSecret(on: { keyRing: KeyRing }, userId: string, secret: Buffer): string {
  return on.keyRing.sealText(secret.toString('base64'), purposeOf(userId))
}

export function openFactorSecret(on: { keyRing: KeyRing }, row: SecondFactorRow): Buffer {
  return Buffer.from(on.keyRing.openText(row.secretSealed, purposeOf(row.userId)), 'base64')
}
