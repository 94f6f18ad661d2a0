import { createHash, createHmac, type KeyObject } from 'node:crypto'

/**
 * The codes by which an edit of the books is found: HMAC-SHA-256 under a key that the database does not have. Parts go in
 * as one JSON array of texts, which has one reading.
 */
export const bookKeyPurpose = 'usage books'

/** Of an id and of a code, each. A forged code of 128 bits is guessed once in 2^128 tries. */
const idBytes = 16
const codeBytes = 16
const entryBytes = idBytes + codeBytes

function codeOf(key: KeyObject, ...parts: readonly (string | null)[]): Buffer {
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest()
}

export interface SealedEntry {
  id: string
  /** Of all that the record says but who made the call. */
  code: Buffer
}

/** @param content the sealed columns as one text */
export function contentCode(key: KeyObject, organizationId: string, id: string, content: string): Buffer {
  return codeOf(key, 'content', organizationId, id, content).subarray(0, codeBytes)
}

/** Of who made a call. It stands apart, because erasure puts a pseudonym in a person's place. */
export function personCode(
  key: KeyObject,
  organizationId: string,
  id: string,
  who: { userId: string | null; apiKeyId: string | null },
): Buffer {
  return codeOf(key, 'person', organizationId, id, who.userId, who.apiKeyId).subarray(0, codeBytes)
}

export interface SealHead {
  organizationId: string
  sequence: number
  kind: 'day' | 'late' | 'adjustments'
  day: string
  sealedAt: Date
  keyId: string
  columns: string
  entries: Buffer
}

/** A seal's place in its organization's chain: over all of it but who made the calls, and the digest before. */
export function sealDigest(key: KeyObject, seal: SealHead, previous: Buffer | null): Buffer {
  const { organizationId, sequence, kind, day, sealedAt, keyId, columns, entries } = seal
  const content = createHash('sha256').update(entries).digest('hex')
  const head = [organizationId, String(sequence), kind, day, sealedAt.toISOString(), keyId, columns, content]
  return codeOf(key, 'seal', ...head, previous?.toString('hex') ?? null)
}

/** A closing's place in the installation's chain. */
export function closingDigest(
  key: KeyObject,
  closing: { throughDay: string; closedAt: Date; keyId: string },
  previous: Buffer | null,
): Buffer {
  const { throughDay, closedAt, keyId } = closing
  return codeOf(key, 'closing', throughDay, closedAt.toISOString(), keyId, previous?.toString('hex') ?? null)
}

export function packEntries(entries: readonly SealedEntry[]): Buffer {
  return Buffer.concat(entries.flatMap(({ id, code }) => [Buffer.from(id.replaceAll('-', ''), 'hex'), code]))
}

/** @returns undefined where the bytes are no whole number of entries */
export function unpackEntries(bytes: Buffer): SealedEntry[] | undefined {
  if (bytes.length % entryBytes !== 0) return undefined
  return Array.from({ length: bytes.length / entryBytes }, (_, place) => {
    const entry = bytes.subarray(place * entryBytes, (place + 1) * entryBytes)
    const hex = entry.toString('hex', 0, idBytes)
    const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    return { id, code: entry.subarray(idBytes) }
  })
}

/** The code at a place of packed ones. */
export function personCodeAt(people: Buffer, place: number): Buffer {
  return people.subarray(place * codeBytes, (place + 1) * codeBytes)
}
