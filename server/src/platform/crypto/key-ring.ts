import { createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto'
import { newId } from '../ids.ts'
import { masterKeyInvalid, unknownKey } from './errors.ts'
import { keyIdOf, open, seal } from './sealed-text.ts'

/**
 * Envelope encryption. Each organization has data keys; data keys seal its rows and are themselves stored sealed
 * ("wrapped") under a master key. Rotating the master key re-wraps the few data keys and touches no row; destroying a
 * data key is the erasure of everything sealed under it.
 */
export interface MasterKeys {
  keys: readonly { id: string; key: Uint8Array }[]
  /** The key that new wrappings use; the others only open old ones. */
  currentId: string
}

/** A key in memory. The secret is a KeyObject, which neither JSON nor the console prints. */
export interface DataKey {
  readonly id: string
  readonly secret: KeyObject
}

/** Where a value lives. It opens only there: not in another row, column, table or organization. */
export interface CellAddress {
  organizationId: string
  table: string
  column: string
  rowId: string
}

export interface KeyRing {
  readonly currentId: string
  /** A new random 256-bit data key with a new id. */
  generateDataKey(): DataKey
  /** A data key as text to store; it opens only for the same organization and the same data key id. */
  wrapDataKey(dataKey: DataKey, owner: { organizationId: string }): string
  /** @throws crypto.unknown_key when its master key is not configured, crypto.cannot_decrypt when it was changed or moved */
  unwrapDataKey(wrapped: string, owner: { organizationId: string; dataKeyId: string }): DataKey
  /** A secret of the installation itself under the master key; it opens only for the same purpose. */
  sealText(text: string, purpose: string): string
  /** @throws crypto.unknown_key, crypto.cannot_decrypt as above */
  openText(sealed: string, purpose: string): string
  /**
   * A key for authentication codes, derived from a master key for one purpose: the same each time, and of no use for
   * any other. Codes made under an earlier master key are checked with its id, so that key must stay configured.
   * @param masterKeyId the current one when left out @throws crypto.unknown_key when it is not configured
   */
  authenticationKey(
    purpose: string,
    masterKeyId?: string,
  ): { readonly id: string; readonly secret: KeyObject }
  /** The same data key under the current master key; the text comes back as it was when it already is. */
  rewrap(wrapped: string, owner: { organizationId: string; dataKeyId: string }): string
}

/** @throws crypto.master_key_invalid when an id is doubled or malformed, a key is not 32 bytes, or the current one is missing */
export function createKeyRing({ keys, currentId }: MasterKeys): KeyRing {
  const secrets = new Map<string, KeyObject>()
  for (const { id, key } of keys) {
    if (!/^[\w-]{1,64}$/.test(id))
      throw masterKeyInvalid({ message: 'A master key id is letters, digits, - and _ (at most 64).' })
    if (key.length !== 32)
      throw masterKeyInvalid({ message: `The master key ${id} has ${key.length} bytes; it needs 32.` })
    if (secrets.has(id)) throw masterKeyInvalid({ message: `There are two master keys with the id ${id}.` })
    secrets.set(id, createSecretKey(key))
  }
  const current = secrets.get(currentId)
  if (!current)
    throw masterKeyInvalid({ message: `The current master key ${currentId} is not among the keys.` })

  const bound = (organizationId: string, dataKeyId: string) => ['data-key', organizationId, dataKeyId]

  const masterKey = (masterKeyId: string): KeyObject => {
    const secret = secrets.get(masterKeyId)
    if (secret) return secret
    const advice = `FREEHOLD_MASTER_KEY lacks the key ${masterKeyId}; add it after the current one.`
    throw unknownKey({ cause: new Error(advice) })
  }

  const openWithMaster = (sealed: string, parts: readonly string[]) => {
    const masterKeyId = keyIdOf(sealed)
    return open(masterKeyId, masterKey(masterKeyId), sealed, parts)
  }

  const ring: KeyRing = {
    currentId,
    generateDataKey: () => ({ id: newId(), secret: createSecretKey(randomBytes(32)) }),
    wrapDataKey: (dataKey, { organizationId }) =>
      seal(currentId, current, dataKey.secret.export(), bound(organizationId, dataKey.id)),
    unwrapDataKey(wrapped, { organizationId, dataKeyId }) {
      const bytes = openWithMaster(wrapped, bound(organizationId, dataKeyId))
      return { id: dataKeyId, secret: createSecretKey(bytes) }
    },
    sealText: (text, purpose) => seal(currentId, current, Buffer.from(text), ['text', purpose]),
    openText: (sealed, purpose) => openWithMaster(sealed, ['text', purpose]).toString('utf8'),
    authenticationKey(purpose, masterKeyId = currentId) {
      // HKDF (RFC 5869); the information keeps it apart from whatever else is ever derived.
      const bytes = hkdfSync('sha256', masterKey(masterKeyId), '', `freehold authentication ${purpose}`, 32)
      return { id: masterKeyId, secret: createSecretKey(new Uint8Array(bytes)) }
    },
    rewrap(wrapped, owner) {
      if (keyIdOf(wrapped) === currentId) return wrapped
      return ring.wrapDataKey(ring.unwrapDataKey(wrapped, owner), owner)
    },
  }
  return ring
}

const cellParts = (cell: CellAddress) => ['cell', cell.organizationId, cell.table, cell.column, cell.rowId]

/**
 * Seals a value for one cell.
 * @param plaintext a text is sealed as UTF-8; a lone surrogate, which UTF-8 cannot hold, becomes U+FFFD
 * @returns `v1.<data key id>.<iv>.<ciphertext>.<tag>`, base64url parts; about 4/3 of the plaintext and 94 characters more
 */
export function encrypt(dataKey: DataKey, plaintext: string | Uint8Array, cell: CellAddress): string {
  return seal(
    dataKey.id,
    dataKey.secret,
    typeof plaintext === 'string' ? Buffer.from(plaintext) : plaintext,
    cellParts(cell),
  )
}

/** @throws crypto.cannot_decrypt when the text was changed, moved to another cell, or sealed under another key */
export function decrypt(dataKey: DataKey, sealed: string, cell: CellAddress): Uint8Array {
  return open(dataKey.id, dataKey.secret, sealed, cellParts(cell))
}

/** `decrypt` for what was sealed as text. */
export function decryptText(dataKey: DataKey, sealed: string, cell: CellAddress): string {
  return open(dataKey.id, dataKey.secret, sealed, cellParts(cell)).toString('utf8')
}

/** The id of the data key a sealed value needs, so that the right one can be loaded. */
export function dataKeyIdOf(sealed: string): string {
  return keyIdOf(sealed)
}
