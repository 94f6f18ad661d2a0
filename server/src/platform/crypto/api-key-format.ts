import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/**
 * The shape of an API key. Two kinds, told apart by their length:
 * - made here: `fh_`, 30 base62 characters (178 bits), 6 characters of CRC-32 over them; 39 in all. A mistyped or
 *   invented one is refused without asking the database.
 * - set by the operator (`FREEHOLD_INIT_API_KEY`): any 40 to 512 visible ASCII characters that start with `fh_`. They
 *   have no checksum, so each is looked up; their entropy is the operator's care.
 */
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const prefix = 'fh_'
const randomChars = 30
const checksumChars = 6
const madeHere = new RegExp(`^${prefix}([0-9A-Za-z]{${randomChars}})([0-9A-Za-z]{${checksumChars}})$`)
const setByOperator = new RegExp(`^${prefix}[\\x21-\\x7e]{37,509}$`)

/** A new key. Show it once; store `hashToken` of it and `apiKeyPrefix`. */
export function generateApiKey(): string {
  const body = randomBase62(randomChars)
  return `${prefix}${body}${checksum(body)}`
}

/** Whether a text can be a key at all, and whether its checksum vouches for that. Only `valid` ones are worth a look-up. */
export function parseApiKey(text: string): { valid: boolean; hasChecksum: boolean } {
  const [, body, sum] = madeHere.exec(text) ?? []
  if (body !== undefined) return { valid: checksum(body) === sum, hasChecksum: true }
  return { valid: setByOperator.test(text), hasChecksum: false }
}

/** What may be shown of a key to tell it from others: `fh_` and six characters; 142 of its 178 bits stay unknown. */
export function apiKeyPrefix(key: string): string {
  return key.slice(0, prefix.length + 6)
}

function checksum(body: string): string {
  let rest = crc32(body)
  let text = ''
  for (let index = 0; index < checksumChars; index++) {
    text = alphabet.charAt(rest % alphabet.length) + text
    rest = Math.floor(rest / alphabet.length)
  }
  return text
}

// Bytes from 248 on are thrown away: 248 is the last multiple of 62, beyond it some letters would come more often.
function randomBase62(length: number): string {
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < 248 && text.length < length) text += alphabet.charAt(byte % alphabet.length)
    }
  }
  return text
}
