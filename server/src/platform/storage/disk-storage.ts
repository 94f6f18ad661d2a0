import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { storageFull } from './errors.ts'
import {
  defaultMediaType,
  type FileData,
  type FileStorage,
  isKey,
  piecesOf,
  requireKey,
  requireMediaType,
  requirePrefix,
  type StoredFile,
} from './file-storage.ts'

/**
 * Files as plain files: the key is the path under the directory. A file is written under a temporary name, synced,
 * renamed into place, and its folder synced; a crash leaves the old file or the new one, and at most a temporary one,
 * which goes when something is stored a day later. Its media type lies beside it in `.<name>.type`, which no key can be.
 */
const temporaryFolder = '.incoming'
const staleAfterMs = 24 * 60 * 60 * 1000

export function createDiskStorage({ directory }: { directory: string }): FileStorage {
  const root = path.resolve(directory)
  let preparing: Promise<void> | undefined

  // A key that passed `requireKey` has no part that starts with a dot, so no path leaves the root.
  const pathOf = (key: string) => path.join(root, ...key.split('/'))

  function prepare(): Promise<void> {
    preparing ??= prepareRoot(root).catch((error: unknown) => {
      preparing = undefined
      throw error
    })
    return preparing
  }

  return {
    async put(key, data, { mediaType = defaultMediaType } = {}) {
      requireKey(key)
      requireMediaType(mediaType)
      const target = pathOf(key)
      const draft = path.join(root, temporaryFolder, randomUUID())
      try {
        await prepare()
        const written = await writeSynced(draft, data)
        await makeFolders(root, path.dirname(target))
        await writeMediaType(target, mediaType)
        await rename(draft, target)
        await syncFolder(path.dirname(target))
        return written
      } catch (error) {
        throw hasCode(error, 'ENOSPC', 'EDQUOT') ? storageFull({ cause: error }) : error
      } finally {
        await rm(draft, { force: true })
      }
    },

    async get(key) {
      requireKey(key)
      const file = await open(pathOf(key)).catch(ignoring('ENOENT', 'ENOTDIR'))
      if (!file) return undefined
      try {
        const [facts, mediaType] = await Promise.all([file.stat(), readMediaType(pathOf(key))])
        if (!facts.isFile()) {
          await file.close()
          return undefined
        }
        return { stream: streamOf(file), sizeBytes: facts.size, mediaType }
      } catch (error) {
        await file.close()
        throw error
      }
    },

    async delete(key) {
      requireKey(key)
      const target = pathOf(key)
      await rm(target).catch(ignoring('ENOENT', 'ENOTDIR'))
      await rm(typePathOf(target)).catch(ignoring('ENOENT', 'ENOTDIR'))
      await removeEmptyFolders(root, path.dirname(target))
    },

    async deletePrefix(prefix) {
      requirePrefix(prefix)
      let count = 0
      for await (const _ of walk(root, prefix)) count++
      await rm(pathOf(prefix.slice(0, -1)), { recursive: true, force: true })
      await removeEmptyFolders(root, path.dirname(pathOf(prefix.slice(0, -1))))
      return count
    },

    list(prefix) {
      requirePrefix(prefix)
      return walk(root, prefix)
    },

    async close() {},
  }
}

async function prepareRoot(root: string): Promise<void> {
  const incoming = path.join(root, temporaryFolder)
  await mkdir(incoming, { recursive: true, mode: 0o700 })
  for (const name of await readdir(incoming)) {
    const draft = path.join(incoming, name)
    const facts = await stat(draft).catch(ignoring('ENOENT'))
    if (facts && Date.now() - facts.mtimeMs > staleAfterMs) await rm(draft, { force: true })
  }
}

async function writeSynced(draft: string, data: FileData): Promise<{ sizeBytes: number; sha256: string }> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  const file = await open(draft, 'wx', 0o600)
  try {
    for await (const piece of piecesOf(data)) {
      hash.update(piece)
      sizeBytes += piece.byteLength
      // writeFile on a handle goes on where the last one ended, and writes all of it.
      await file.writeFile(piece)
    }
    await file.sync()
  } finally {
    await file.close()
  }
  return { sizeBytes, sha256: hash.digest('hex') }
}

const typePathOf = (target: string) => path.join(path.dirname(target), `.${path.basename(target)}.type`)

async function writeMediaType(target: string, mediaType: string): Promise<void> {
  if (mediaType === defaultMediaType) return rm(typePathOf(target), { force: true })
  const draft = `${typePathOf(target)}.${randomUUID()}`
  await writeSynced(draft, Buffer.from(mediaType))
  await rename(draft, typePathOf(target))
}

async function readMediaType(target: string): Promise<string> {
  return (await readFile(typePathOf(target), 'utf8').catch(ignoring('ENOENT'))) ?? defaultMediaType
}

// New folders are names in their parents: those must reach the disk too.
async function makeFolders(root: string, folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (first === undefined) return
  for (let made = folder; made.length >= first.length && made !== root; made = path.dirname(made)) {
    await syncFolder(path.dirname(made))
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder)
  await handle.sync().finally(() => handle.close())
}

async function removeEmptyFolders(root: string, from: string): Promise<void> {
  for (let folder = from; folder !== root && folder.startsWith(root); folder = path.dirname(folder)) {
    const removed = await rmdir(folder).then(
      () => true,
      (error: unknown) => hasCode(error, 'ENOENT'),
    )
    if (!removed) return
  }
}

function streamOf(file: FileHandle): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      try {
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafeSlow(64 * 1024))
        if (bytesRead > 0) return controller.enqueue(buffer.subarray(0, bytesRead))
        await file.close()
        controller.close()
      } catch (error) {
        await file.close().catch(() => {})
        controller.error(error)
      }
    },
    cancel: () => file.close(),
  })
}

async function* walk(root: string, prefix: string): AsyncIterable<StoredFile> {
  const folder = path.join(root, ...prefix.slice(0, -1).split('/'))
  const entries = (await readdir(folder, { withFileTypes: true }).catch(ignoring('ENOENT', 'ENOTDIR'))) ?? []
  for (const entry of entries) {
    const key = prefix + entry.name
    if (!isKey(key)) continue
    if (entry.isDirectory()) yield* walk(root, `${key}/`)
    const facts = entry.isFile()
      ? await stat(path.join(folder, entry.name)).catch(ignoring('ENOENT'))
      : undefined
    if (facts) yield { key, sizeBytes: facts.size }
  }
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

function ignoring(...codes: readonly string[]) {
  return (error: unknown): undefined => {
    if (!hasCode(error, ...codes)) throw error
  }
}
