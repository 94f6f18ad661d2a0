/** What may be stored: bytes, or a stream of them that is read once. */
export type FileData = Uint8Array | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>

export interface StoredFile {
  key: string
  sizeBytes: number
}

export interface OpenFile {
  /** The bytes; must be read to its end or cancelled, for it holds a file or a connection open. */
  stream: ReadableStream<Uint8Array<ArrayBuffer>>
  sizeBytes: number
  /** As given to `put`; `application/octet-stream` when nothing was. */
  mediaType: string
}

/**
 * Files under keys like `org/<uuid>/documents/<uuid>/original`: parts of letters, digits, `-`, `_` and `.` (not first),
 * divided by `/`, at most 512 characters. No key may be the folder of another. Keys are made by the program, never by a
 * stranger; a malformed one is a mistake of ours and throws TypeError.
 * @throws storage.unavailable 503 when the storage cannot be reached, storage.full 507
 */
export interface FileStorage {
  /**
   * Stores a file whole or not at all: a reader sees the old one, then the new one, and after a failure or a crash the
   * old one. When it resolves the bytes are on the disk. Rejects with the stream's own error when the stream fails.
   * @returns the size and the SHA-256 (hex) of what was stored
   */
  put(
    key: string,
    data: FileData,
    options?: { mediaType?: string },
  ): Promise<{ sizeBytes: number; sha256: string }>
  /** Undefined when there is no such file. */
  get(key: string): Promise<OpenFile | undefined>
  /** Deletes a file; that there is none is no error. */
  delete(key: string): Promise<void>
  /** Deletes everything under a folder, given with its `/` at the end. Returns how many files there were. */
  deletePrefix(prefix: string): Promise<number>
  /** Everything under a folder, given with its `/` at the end, in no order. Files that come or go meanwhile may be missing. */
  list(prefix: string): AsyncIterable<StoredFile>
  close(): Promise<void>
}

export const defaultMediaType = 'application/octet-stream'

const part = '[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}'
const keyPattern = new RegExp(`^${part}(?:/${part})*$`)
const prefixPattern = new RegExp(`^(?:${part}/)+$`)
const longestKey = 512

/** Refuses what could leave the storage's folder or bucket, or mean something else to another adapter. */
export function requireKey(key: string): void {
  if (key.length > longestKey || !keyPattern.test(key))
    throw new TypeError(`Not a storage key: ${JSON.stringify(key)}`)
}

export function requirePrefix(prefix: string): void {
  if (prefix.length > longestKey || !prefixPattern.test(prefix)) {
    throw new TypeError(`Not a storage prefix (a folder ending in /): ${JSON.stringify(prefix)}`)
  }
}

export function isKey(text: string): boolean {
  return text.length <= longestKey && keyPattern.test(text)
}

/** A media type travels in headers and files: one line of visible characters, at most 255. */
export function requireMediaType(mediaType: string): void {
  if (!/^[\x20-\x7e]{1,255}$/.test(mediaType))
    throw new TypeError('A media type is one line of ASCII, at most 255 characters.')
}

/** All kinds of data as pieces. A ReadableStream left early is cancelled. */
export async function* piecesOf(data: FileData): AsyncIterable<Uint8Array> {
  if (data instanceof Uint8Array) yield data
  else yield* data
}
