import type { KeyRing } from '../../platform/crypto/index.ts'
import type { ConnectionRow } from './connection-store.ts'

type Place = Pick<ConnectionRow, 'organizationId' | 'id'>

/** Sealed for its row: moved to another one it does not open. */
const purposeOf = ({ organizationId, id }: Place) => `sign-in-connection:${organizationId}:${id}`

export function sealClientSecret(on: { keyRing: KeyRing }, place: Place, secret: string): string {
  return on.keyRing.sealText(secret, purposeOf(place))
}

export function openClientSecret(on: { keyRing: KeyRing }, row: ConnectionRow): string {
  return on.keyRing.openText(row.clientSecretSealed, purposeOf(row))
}
