import { closeSync, fdatasync, ftruncateSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { mkdir, rmdir } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { crc32 } from 'node:zlib'
import { lockDataDirectory } from '../db/data-directory-lock.ts'
import type { Logger } from '../telemetry/index.ts'

/**
 * An append-only file of what must outlive this process and is not in the database yet.
 *
 * States: open → (broken → open)* → closed. Invariants:
 * - An entry that was acknowledged is with the operating system: it outlives a kill of the process at any moment. It is on
 *   the disk within a tenth of a second, so a loss of power may cost what was acknowledged since; waiting for the disk
 *   with each entry would cost a call milliseconds.
 * - The first entry of a turn of the event loop is written at once, the others of that turn go out in one write. Where a
 *   write fails (a full disk), none of its entries counts, the file ends where it ended before, and whoever waits is told.
 * - An entry stays until it is released. When the file is four times as long as what is still needed, the needed entries
 *   go into a new file first, and the old one is deleted then; reading both gives some entries twice, never none.
 * - Each line is a checksum and a text without line breaks; a line that does not agree with its checksum is none.
 * - A folder belongs to one process, which its lock says.
 */
export interface Journal {
  /** Resolves when the entry is with the operating system. @throws the error of the file system */
  append(text: string): Promise<JournalEntry>
  /** Entries that are not needed any more. */
  release(entries: readonly JournalEntry[]): void
  /** Closes the files. What is not released stays for whoever takes the folder over. */
  close(): Promise<void>
}

export interface JournalEntry {
  readonly line: string
}

interface Waiting {
  entry: JournalEntry
  resolve(entry: JournalEntry): void
  reject(error: unknown): void
}

const leastCompactedBytes = 262_144
const syncEveryMs = 100
const flushToDisk = promisify(fdatasync)

/** @throws when another process has the folder, or it cannot be written */
export async function openJournal(
  folder: string,
  logger: Logger,
  options: { compactAboveBytes?: number } = {},
): Promise<Journal> {
  const { compactAboveBytes = leastCompactedBytes } = options
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const lock = await lockDataDirectory(folder)
  const needed = new Set<JournalEntry>()
  let neededBytes = 0
  let number = 0
  let file = begin()
  let queue: Waiting[] = []
  /** The first entry of this turn is written; what follows in it goes out together. */
  let isTurnBegun = false
  let isTorn = false
  let isDirty = false
  let syncing: NodeJS.Timeout | undefined
  let syncUnderWay: Promise<unknown> = Promise.resolve()
  let closed = false

  function begin(): { name: string; handle: number; bytes: number } {
    const name = path.join(folder, journalFileName(++number))
    return { name, handle: openSync(name, 'ax', 0o600), bytes: 0 }
  }

  function write(to: typeof file, lines: readonly string[]): void {
    const bytes = Buffer.from(`${isTorn ? '\n' : ''}${lines.join('')}`)
    try {
      for (let from = 0; from < bytes.length; ) from += writeSync(to.handle, bytes, from)
      to.bytes += bytes.length
      isTorn = false
    } catch (error) {
      // A part of it may stand there, and what comes next must not follow half a line.
      isTorn = true
      ftruncateSync(to.handle, to.bytes)
      isTorn = false
      throw error
    }
    isDirty = true
    syncing ??= setTimeout(sync, syncEveryMs)
    syncing.unref()
  }

  function sync(): void {
    syncing = undefined
    if (!isDirty) return
    isDirty = false
    const { handle } = file
    syncUnderWay = flushToDisk(handle).catch((error: unknown) => {
      // A file that was compacted away meanwhile is closed; what it held has been written again.
      if (handle === file.handle) logger.error({ err: error }, 'the journal could not be forced to the disk')
    })
  }

  function endTurn(): void {
    isTurnBegun = false
    if (queue.length > 0) drain()
  }

  function drain(): void {
    const batch = queue
    queue = []
    try {
      write(
        file,
        batch.map(({ entry }) => entry.line),
      )
    } catch (error) {
      for (const { reject } of batch) reject(error)
      return
    }
    for (const { entry, resolve } of batch) {
      needed.add(entry)
      neededBytes += Buffer.byteLength(entry.line)
      resolve(entry)
    }
    compact()
  }

  /** Leaves what is not needed behind. */
  function compact(): void {
    if (file.bytes === 0) return
    if (needed.size === 0) {
      ftruncateSync(file.handle, 0)
      file.bytes = 0
      return
    }
    if (file.bytes < Math.max(compactAboveBytes, 4 * neededBytes)) return
    const old = file
    const next = begin()
    try {
      write(
        next,
        [...needed].map(({ line }) => line),
      )
    } catch (error) {
      // The old file has everything; it grows until there is room.
      logger.warn({ err: error }, 'the journal could not be compacted')
      closeSync(next.handle)
      unlinkSync(next.name)
      return
    }
    file = next
    closeSync(old.handle)
    unlinkSync(old.name)
  }

  return {
    append(text) {
      if (closed) return Promise.reject(new Error('The journal is closed.'))
      return new Promise((resolve, reject) => {
        queue.push({ entry: { line: encodeLine(text) }, resolve, reject })
        if (isTurnBegun) return
        isTurnBegun = true
        setImmediate(endTurn)
        drain()
      })
    },
    release(entries) {
      for (const entry of entries) if (needed.delete(entry)) neededBytes -= Buffer.byteLength(entry.line)
      if (!closed && queue.length === 0) compact()
    },
    async close() {
      closed = true
      clearTimeout(syncing)
      while (queue.length > 0) await new Promise((resolve) => setImmediate(resolve))
      await syncUnderWay
      closeSync(file.handle)
      if (needed.size === 0) unlinkSync(file.name)
      await lock.release()
      if (needed.size === 0) await rmdir(folder).catch(() => undefined)
    },
  }
}

export function journalFileName(number: number): string {
  return `${String(number).padStart(12, '0')}.journal`
}

/** @param text without line breaks, as JSON is */
export function encodeLine(text: string): string {
  return `${crc32(text).toString(16).padStart(8, '0')} ${text}\n`
}

/** The text of a line without its break; undefined where it is not what was written. */
export function decodeLine(line: string): string | undefined {
  const text = line.slice(9)
  return line[8] === ' ' && line.slice(0, 8) === crc32(text).toString(16).padStart(8, '0') ? text : undefined
}
