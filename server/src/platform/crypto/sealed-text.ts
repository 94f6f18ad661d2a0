import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'
import { cannotDecrypt } from './errors.ts'

/**
 * AES-256-GCM (NIST SP 800-38D) as one line of text: `v1.<keyId>.<iv>.<ciphertext>.<tag>`, parts in base64url.
 * The 96-bit iv is random, so one key may seal 2^32 texts before a repeated iv becomes likelier than one in 2^32.
 * What must match on opening (the additional data) is authenticated together with the format version and the key id.
 */

const ivBytes = 12
const tagBytes = 16
const algorithm = 'aes-256-gcm'
const sealedPattern = /^v1\.([\w-]{1,64})\.([\w-]{16})\.([\w-]*)\.([\w-]{22})$/

// A JSON array of strings has one reading: no two lists of parts give the same bytes.
function authenticated(keyId: string, bound: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(['v1', keyId, ...bound]))
}

export function seal(
  keyId: string,
  secret: KeyObject,
  plaintext: Uint8Array,
  bound: readonly string[],
): string {
  const iv = randomBytes(ivBytes)
  const cipher = createCipheriv(algorithm, secret, iv, { authTagLength: tagBytes })
  cipher.setAAD(authenticated(keyId, bound))
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return [
    'v1',
    keyId,
    ...[iv, ciphertext, cipher.getAuthTag()].map((part) => part.toString('base64url')),
  ].join('.')
}

/** The key a sealed text names, without opening it. Throws `crypto.cannot_decrypt` when it is no sealed text. */
export function keyIdOf(sealed: string): string {
  const keyId = sealedPattern.exec(sealed)?.[1]
  if (keyId === undefined) throw cannotDecrypt()
  return keyId
}

/** Throws `crypto.cannot_decrypt` unless every bit of text, key, key id and bound parts is as it was sealed. */
export function open(keyId: string, secret: KeyObject, sealed: string, bound: readonly string[]): Buffer {
  const [, namedKeyId, iv, ciphertext, tag] = sealedPattern.exec(sealed) ?? []
  if (namedKeyId !== keyId || iv === undefined || ciphertext === undefined || tag === undefined)
    throw cannotDecrypt()
  try {
    const decipher = createDecipheriv(algorithm, secret, strictBytes(iv), { authTagLength: tagBytes })
    decipher.setAAD(authenticated(keyId, bound))
    decipher.setAuthTag(strictBytes(tag))
    return Buffer.concat([decipher.update(strictBytes(ciphertext)), decipher.final()])
  } catch (error) {
    throw cannotDecrypt({ cause: error })
  }
}

// Base64 has spare bits at its end; two texts for the same bytes would let a stored value change unnoticed.
function strictBytes(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url')
  if (bytes.toString('base64url') !== part) throw new Error('not canonical base64url')
  return bytes
}
