import { inflateRawSync } from 'node:zlib'
import { archiveTooLarge, documentCorrupted, documentEncrypted } from '../../errors.ts'

/** A file in an archive, as the central directory describes it. Sizes are claims: unpacking holds them to account. */
export interface ZipEntry {
  name: string
  method: number
  packedBytes: number
  unpackedBytes: number
  headerOffset: number
}

export interface ZipLimits {
  entryLimit: number
  unpackedLimitBytes: number
}

const END_RECORD = 0x06054b50
const DIRECTORY_RECORD = 0x02014b50
const LOCAL_RECORD = 0x04034b50
const END_RECORD_BYTES = 22
const DIRECTORY_RECORD_BYTES = 46
const LOCAL_RECORD_BYTES = 30
const MAX_COMMENT_BYTES = 65_535
const ENCRYPTED_FLAG = 1
const STORED = 0
const DEFLATED = 8

/** Reads the list of files at the end of an archive, without unpacking anything, and refuses what claims too much. */
export function readZipDirectory(bytes: Uint8Array, limits: ZipLimits): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = findEndRecord(view)
  const count = view.getUint16(end + 10, true)
  let at = view.getUint32(end + 16, true)
  if (count > limits.entryLimit) throw tooLarge({ entries: count, entryLimit: limits.entryLimit })
  const entries: ZipEntry[] = []
  let unpackedBytes = 0
  for (let index = 0; index < count; index++) {
    if (at + DIRECTORY_RECORD_BYTES > end || view.getUint32(at, true) !== DIRECTORY_RECORD)
      throw documentCorrupted()
    if ((view.getUint16(at + 8, true) & ENCRYPTED_FLAG) !== 0) {
      throw documentEncrypted({
        message:
          'This archive is protected by a password. Remove the password and upload the document again.',
      })
    }
    const nameBytes = view.getUint16(at + 28, true)
    if (at + DIRECTORY_RECORD_BYTES + nameBytes > end) throw documentCorrupted()
    const entry: ZipEntry = {
      name: Buffer.from(bytes.buffer, bytes.byteOffset + at + DIRECTORY_RECORD_BYTES, nameBytes).toString(
        'utf8',
      ),
      method: view.getUint16(at + 10, true),
      packedBytes: view.getUint32(at + 20, true),
      unpackedBytes: view.getUint32(at + 24, true),
      headerOffset: view.getUint32(at + 42, true),
    }
    unpackedBytes += entry.unpackedBytes
    if (unpackedBytes > limits.unpackedLimitBytes) {
      throw tooLarge({ unpackedBytes, unpackedLimitBytes: limits.unpackedLimitBytes })
    }
    entries.push(entry)
    at += DIRECTORY_RECORD_BYTES + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return entries
}

/** Unpacks one file, at most `limitBytes`, whatever the directory claimed. */
export function unpackZipEntry(bytes: Uint8Array, entry: ZipEntry, limitBytes: number): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const header = entry.headerOffset
  if (header + LOCAL_RECORD_BYTES > bytes.length || view.getUint32(header, true) !== LOCAL_RECORD) {
    throw documentCorrupted()
  }
  const start =
    header + LOCAL_RECORD_BYTES + view.getUint16(header + 26, true) + view.getUint16(header + 28, true)
  const packed = bytes.subarray(start, start + entry.packedBytes)
  if (entry.method === STORED) {
    if (packed.length > limitBytes) throw tooLarge({ unpackedLimitBytes: limitBytes })
    return packed
  }
  if (entry.method !== DEFLATED) throw documentCorrupted()
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, limitBytes) })
  } catch (cause) {
    if (cause instanceof RangeError) throw tooLarge({ unpackedLimitBytes: limitBytes })
    throw documentCorrupted({ cause })
  }
}

function findEndRecord(view: DataView): number {
  const last = view.byteLength - END_RECORD_BYTES
  for (let at = last; at >= Math.max(0, last - MAX_COMMENT_BYTES); at--) {
    if (view.getUint32(at, true) === END_RECORD) return at
  }
  throw documentCorrupted()
}

const tooLarge = (details: Record<string, number>) => archiveTooLarge({ details })
