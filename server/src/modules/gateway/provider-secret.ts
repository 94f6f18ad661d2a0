import type { KeyRing } from '../../platform/crypto/index.ts'
import type { ProviderKeyRow } from './provider-key-store.ts'

type Place = Pick<ProviderKeyRow, 'organizationId' | 'id'>

/** Sealed for its row: moved to another one it does not open. */
const purposeOf = ({ organizationId, id }: Place) => `provider-key:${organizationId}:${id}`

export function sealProviderSecret(on: { keyRing: KeyRing }, place: Place, secret: string): string {
  return on.keyRing.sealText(secret, purposeOf(place))
}

/** Undefined for a server that asks for no key. */
export function openProviderSecret(
  on: { keyRing: KeyRing },
  row: Pick<ProviderKeyRow, 'organizationId' | 'id' | 'keySealed'>,
): string | undefined {
  return row.keySealed === null ? undefined : on.keyRing.openText(row.keySealed, purposeOf(row))
}
