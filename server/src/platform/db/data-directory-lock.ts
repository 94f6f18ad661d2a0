import { link, mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'

/**
 * Two processes on one embedded database ruin it, and it takes no lock of its own. So the first to come writes
 * `freehold.lock` with its host, process id and the process's start time, and keeps the file's time fresh.
 *
 * States: free → held → free. A lock is stale, and taken over, when it names a process of this host that is gone
 * (or whose id now belongs to another start), or another host's whose file has not been touched for 15 seconds
 * (a container that was killed and came back under a new name).
 */
export interface DataDirectoryLock {
  release(): Promise<void>
}

interface Holder {
  host: string
  processId: number
  startedAt: string
}

const refreshMs = 3_000
const foreignStaleMs = 15_000

/** @throws an Error that names the holder when another process has the directory */
export async function lockDataDirectory(directory: string): Promise<DataDirectoryLock> {
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const file = path.join(directory, 'freehold.lock')
  for (let attempt = 0; attempt < 5; attempt++) {
    if (await create(file)) return hold(file)
    const holder = await readHolder(file)
    if (holder && !(await isStale(file, holder))) {
      throw new Error(
        `The data directory ${directory} is in use by process ${holder.processId} on ${holder.host}. ` +
          `Stop that server first, or start this one with another FREEHOLD_DATA_DIR.`,
      )
    }
    await discard(file, holder)
  }
  throw new Error(`The lock ${file} could not be taken: other processes keep taking it.`)
}

/** Links a complete file into place: the lock exists with its whole text or not at all. */
async function create(file: string): Promise<boolean> {
  const draft = `${file}.${process.pid}`
  const holder: Holder = {
    host: hostname(),
    processId: process.pid,
    startedAt: (await processStart(process.pid)) ?? '',
  }
  await writeFile(draft, JSON.stringify(holder), { mode: 0o600 })
  try {
    await link(draft, file)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

/** Moves the stale lock aside; puts it back when another process had replaced it meanwhile. */
async function discard(file: string, stale: Holder | undefined): Promise<void> {
  const aside = `${file}.stale-${process.pid}`
  try {
    await rename(file, aside)
    const moved = await readHolder(aside)
    if (moved && JSON.stringify(moved) !== JSON.stringify(stale)) await link(aside, file)
    await rm(aside, { force: true })
  } catch {
    // Another process was quicker; the next attempt sees its lock.
  }
}

async function readHolder(file: string): Promise<Holder | undefined> {
  try {
    // Written by `create` above; a foreign file reads as no holder.
    const value = JSON.parse(await readFile(file, 'utf8')) as Partial<Holder>
    if (typeof value.host !== 'string' || typeof value.processId !== 'number') return undefined
    return { host: value.host, processId: value.processId, startedAt: value.startedAt ?? '' }
  } catch {
    return undefined
  }
}

async function isStale(file: string, holder: Holder): Promise<boolean> {
  if (holder.host !== hostname()) {
    const touched = await stat(file).catch(() => undefined)
    return touched === undefined || Date.now() - touched.mtimeMs > foreignStaleMs
  }
  try {
    process.kill(holder.processId, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
  const startedAt = await processStart(holder.processId)
  return startedAt !== undefined && holder.startedAt !== '' && startedAt !== holder.startedAt
}

/** The start time of a process in clock ticks since boot, where /proc tells it (field 22 of proc(5) stat). */
async function processStart(processId: number): Promise<string | undefined> {
  try {
    const text = await readFile(`/proc/${processId}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

function hold(file: string): DataDirectoryLock {
  const timer = setInterval(() => {
    const now = new Date()
    utimes(file, now, now).catch(() => undefined)
  }, refreshMs)
  timer.unref()
  return {
    release: async () => {
      clearInterval(timer)
      await rm(file, { force: true })
    },
  }
}
